// One room on the screen: its line in the list, and its log.
// Whatever came from the network is set as text, never as HTML.

const maxEntries = 500;
const togetherMs = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

/** Makes an element with a class and text. */
function make(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** `user` and `text` may be any JSON. */
const asText = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Gives an avatar the initial and the colour of a name. */
export function paintAvatar(element, name) {
  const sum = [...name].reduce((hash, letter) => (hash * 31 + letter.codePointAt(0)) % 360, 7);
  element.style.setProperty('--hue', String(sum));
  element.textContent = ([...name.trim()][0] ?? '?').toUpperCase();
}

export class RoomView {
  #button = make('button', '');
  #count = make('span', 'count');
  #unseen = make('span', 'unseen');
  #last = null; // who spoke last, and when
  #isAtEnd = true;

  constructor(label, sign, onChoose) {
    this.item = make('li', '');
    this.log = make('ol', 'log');
    this.#button.type = 'button';
    const mark = make('span', 'sign', sign);
    mark.setAttribute('aria-hidden', 'true');
    this.#count.setAttribute('aria-hidden', 'true');
    this.#button.append(mark, make('span', 'name', label), this.#count, this.#unseen);
    this.#button.title = label;
    this.#button.addEventListener('click', onChoose);
    this.item.append(this.#button);
    this.log.tabIndex = 0;
    this.log.setAttribute('role', 'log');
    this.log.setAttribute('aria-label', `Messages in ${label}`);
    this.log.addEventListener('scroll', () => {
      this.#isAtEnd = this.#distanceToEnd() < 40;
    });
    this.setUnread(0);
    this.setCurrent(false);
  }

  get isAtEnd() {
    return this.#isAtEnd;
  }

  setUnread(count) {
    this.#count.hidden = count === 0;
    this.#count.textContent = count > 99 ? '99+' : String(count);
    this.#unseen.textContent = count === 0 ? '' : `${count} unread`;
    this.#button.toggleAttribute('data-unread', count > 0);
  }

  setCurrent(isCurrent) {
    this.log.hidden = !isCurrent;
    this.#button.setAttribute('aria-current', String(isCurrent));
    if (!isCurrent) return;
    if (this.#isAtEnd) this.scrollToEnd();
    this.#button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  addMessage({ user, text, data, timestamp }, ownName) {
    const who = user === undefined ? 'somebody' : asText(user);
    const when = new Date(typeof timestamp === 'number' ? timestamp : Date.now());
    const at = Number.isNaN(when.getTime()) ? new Date() : when;
    const entry = make('li', 'message');
    const body = make('div', 'body');
    const follows = this.#last?.who === who && Math.abs(at - this.#last.at) < togetherMs;
    entry.classList.toggle('follows', follows);
    entry.classList.toggle('mine', who === ownName);
    if (text !== undefined) body.append(make('div', 'text', asText(text)));
    if (data !== undefined) body.append(make('div', 'text data', asText(data)));
    entry.append(this.#avatar(who), this.#head(who, at), body);
    this.#last = { who, at };
    this.#append(entry);
  }

  addNote(text, isBad = false) {
    this.#last = null;
    this.#append(make('li', isBad ? 'note bad' : 'note', text));
  }

  #avatar(who) {
    const avatar = make('span', 'avatar');
    paintAvatar(avatar, who);
    avatar.setAttribute('aria-hidden', 'true');
    return avatar;
  }

  #head(who, at) {
    const head = make('div', 'head');
    const isToday = at.toDateString() === new Date().toDateString();
    const time = make('time', '', (isToday ? clock : calendar).format(at));
    time.dateTime = at.toISOString();
    head.append(make('span', 'who', who), time);
    return head;
  }

  #append(entry) {
    this.log.append(entry);
    while (this.log.childElementCount > maxEntries) {
      this.log.firstElementChild.remove();
      this.log.firstElementChild.classList.remove('follows');
    }
    if (this.#isAtEnd && !this.log.hidden) this.scrollToEnd();
  }

  #distanceToEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
  }
}
