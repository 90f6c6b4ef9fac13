// Ticks from a worker, because browsers slow the timers of a hidden page down to one a minute: its
// user would look offline to everyone while the tab is in the background. socket.js asks, with an
// interval.

let timer;

onmessage = ({ data: intervalMs }) => {
  clearInterval(timer);
  timer = setInterval(() => postMessage(null), intervalMs);
};
