// How the connection is, in words: one line that a screen reader hears, with a countdown that it does not.

const words = {
  connecting: 'Connecting…',
  open: 'Connected',
  waiting: 'Connection lost.',
  closed: 'Disconnected.',
};

export class LinkView {
  #box = document.getElementById('link');
  #text = document.getElementById('link-text');
  #countdown = document.getElementById('link-countdown');
  #retry = document.getElementById('link-retry');
  #ticking = null;
  #deadline = 0;

  constructor(onRetry) {
    this.#retry.addEventListener('click', onRetry);
  }

  show({ state, code, reason, retryIn }) {
    clearInterval(this.#ticking);
    this.#box.dataset.state = state;
    this.#box.title = code === undefined ? '' : [`Close code ${code}`, reason].filter(Boolean).join(': ');
    // A try after a loss is still the loss, to whoever looks: the words stay, and do not flicker.
    const isRetry = state === 'connecting' && this.#deadline > 0;
    if (!isRetry)
      this.#text.textContent = state === 'closed' && reason ? `Disconnected: ${reason}` : words[state];
    this.#countdown.textContent = isRetry ? 'Trying…' : '';
    this.#retry.hidden = state !== 'waiting' && state !== 'closed';
    if (state === 'open' || state === 'closed') this.#deadline = 0;
    if (state !== 'waiting' || retryIn === undefined) return;
    this.#deadline = Date.now() + retryIn;
    this.#ticking = setInterval(() => this.#tick(), 250);
    this.#tick();
  }

  #tick() {
    const seconds = Math.ceil(Math.max(0, this.#deadline - Date.now()) / 1000);
    this.#countdown.textContent = seconds > 0 ? `Next try in ${seconds} s` : 'Trying…';
  }
}
