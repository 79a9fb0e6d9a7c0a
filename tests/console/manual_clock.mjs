/** Time that passes only when a test says so. Chance is always `chance` of the most that is allowed. */
export class ManualClock {
  #now = 0;
  #timers = new Map();
  #nextTimer = 1;
  chance = 1;

  now() {
    return this.#now;
  }
  random() {
    return this.chance;
  }

  setTimeout(run, ms) {
    const timer = this.#nextTimer++;
    this.#timers.set(timer, { at: this.#now + ms, run });
    return timer;
  }

  clearTimeout(timer) {
    this.#timers.delete(timer);
  }

  /** How many timers run: a client that has ended leaves none. */
  get running() {
    return this.#timers.size;
  }

  advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].run();
    }
    this.#now = end;
  }
}
