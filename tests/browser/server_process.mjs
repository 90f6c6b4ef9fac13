// The server under test as a process of its own: started in a folder of its own on a free port,
// killed, and started again on the same port and data.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 30_000;

export class ServerProcess {
  #binary;
  #folder;
  #process = null;
  #listen = '127.0.0.1:0';

  constructor({ binary, folder }) {
    this.#binary = binary;
    this.#folder = folder;
    this.url = null;
    this.adminUrl = null;
  }

  // Resolves when it serves. Again after kill(): same port, same data.
  async start() {
    const args = [
      `--listen=${this.#listen}`,
      '--admin-listen=127.0.0.1:0',
      '--rate-limits=off',
      `--data-dir=${this.#folder}/data`,
      // Offline shows after this; the default of ten seconds would only make the test slow.
      '--presence-grace-ms=1000',
    ];
    this.#process = spawn(this.#binary, args, {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    [this.url, this.adminUrl] = await urlsOf(this.#process);
    this.#listen = new URL(this.url).host;
  }

  // Resolves to the exit code of a server that ends by itself.
  async ended() {
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  // As a crash: nothing is flushed, nobody is told.
  async kill() {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  // Resolves to the exit code; a server that does not stop in time is killed and gives null.
  async stop() {
    const process = this.#process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return 0;
    const exited = once(process, 'exit');
    const impatience = setTimeout(() => process.kill('SIGKILL'), STOP_DEADLINE_MS);
    process.kill('SIGTERM');
    const [code] = await exited;
    clearTimeout(impatience);
    return code;
  }
}

// Where it listens, and where its admin port is; it says so in this order.
async function urlsOf(process) {
  const failed = new Promise((_, reject) => {
    process.once('error', reject);
    process.once('exit', (code) => reject(new Error(`The server ended at its start: ${code}`)));
    const tooLate = () => reject(new Error('The server did not say where it listens'));
    setTimeout(tooLate, START_DEADLINE_MS).unref();
  });
  const lines = createInterface({ input: process.stdout });
  const urls = [];
  const found = new Promise((resolve) => {
    lines.on('line', (line) => {
      const match = /^(?:listening|admin) on (http:\/\/\S+)/.exec(line);
      if (match) urls.push(match[1]);
      if (urls.length === 2) resolve(urls);
    });
  });
  return Promise.race([found, failed]);
}
