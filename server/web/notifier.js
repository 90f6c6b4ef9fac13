// The browser's notifications, for messages that come while the page is out of sight. Whether the
// user wants them on this device is remembered here; the browser asks for its permission only after
// that.

const STORAGE_KEY = 'chat.notifications';
const BODY_MAX = 200;

// What it needs of the browser; tests bring their own.
export const browserNotifications = {
  permission: () => globalThis.Notification?.permission ?? 'unsupported',
  ask: () => Notification.requestPermission(),
  hidden: () => document.visibilityState === 'hidden',
  show(title, options, onClick) {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      focus();
      notification.close();
      onClick();
    };
  },
};

export class Notifier {
  #storage;
  #world;

  constructor({ storage = localStorage, world = browserNotifications } = {}) {
    this.#storage = storage;
    this.#world = world;
  }

  // `on`, `off` (may be turned on), or `impossible`: the browser does not have them, or was told to
  // refuse.
  get state() {
    const permission = this.#world.permission();
    if (permission === 'unsupported' || permission === 'denied') return 'impossible';
    return permission === 'granted' && this.#wish === 'on' ? 'on' : 'off';
  }

  // Nobody has said yet whether they want them.
  get isUndecided() {
    return this.state === 'off' && this.#wish === null;
  }

  async turnOn() {
    this.#storage.setItem(STORAGE_KEY, 'on');
    if (this.#world.permission() === 'default') await this.#world.ask();
  }

  turnOff() {
    this.#storage.setItem(STORAGE_KEY, 'off');
  }

  // `tag`: a later one with the same tag takes its place.
  show({ title, body, tag, onClick }) {
    if (this.state !== 'on' || !this.#world.hidden()) return;
    try {
      this.#world.show(title, { body: body.slice(0, BODY_MAX), tag, icon: '/icon.svg' }, onClick);
    } catch (error) {
      // Some phones have them for installed pages only.
      console.warn('A notification could not be shown.', error.name);
    }
  }

  get #wish() {
    return this.#storage.getItem(STORAGE_KEY);
  }
}
