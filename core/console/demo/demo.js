// The chat page: rooms, names, who said what. The connection is the client's business (fanwire.js).

import { Client } from './fanwire.js';
import { LinkView } from './link_view.js';
import * as memory from './memory.js';
import { paintAvatar, RoomView } from './room_view.js';

const EVERYBODY = ''; // no room has this name
const at = (id) => document.getElementById(id);

const rooms = new Map(); // name → { name, view, unread, mark, lostAt }
let active = EVERYBODY;
let userName = memory.nameOfWindow();

const client = new Client(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`);
const link = new LinkView(() => client.connect());

// Rooms

function addRoom(name) {
  const label = name === EVERYBODY ? 'Everybody' : name;
  const view = new RoomView(label, name === EVERYBODY ? '✱' : '#', () => choose(name));
  rooms.set(name, { name, label, view, unread: 0, mark: '', lostAt: null });
  at('rooms').append(view.item);
  at('logs').append(view.log);
  view.log.addEventListener('scroll', showNewest);
  if (name !== EVERYBODY) join(name);
}

async function join(name) {
  try {
    await client.join(name);
  } catch (error) {
    if (!rooms.has(name)) return; // left meanwhile
    removeRoom(name);
    at('join-error').textContent = `Could not join “${name}”: ${error.message}`;
  }
}

function removeRoom(name) {
  const { view } = rooms.get(name);
  view.item.remove();
  view.log.remove();
  rooms.delete(name);
  rememberRooms();
  if (active === name) choose([...rooms.keys()].at(-1));
}

function choose(name) {
  active = name;
  memory.rememberActiveRoom(name);
  for (const room of rooms.values()) room.view.setCurrent(room.name === name);
  markRead();
  at('leave').hidden = name === EVERYBODY;
  at('text').placeholder = name === EVERYBODY ? 'Write to everybody' : `Write to ${name}`;
  showHead();
}

function markRead() {
  if (document.hidden) return;
  const room = rooms.get(active);
  room.unread = 0;
  room.view.setUnread(0);
  showTitle();
}

function rememberRooms() {
  memory.rememberRooms([...rooms.keys()].filter((name) => name !== EVERYBODY));
}

function showHead() {
  const { label, mark } = rooms.get(active);
  at('room-title').textContent = label;
  at('room-mark').textContent = mark;
  at('room-mark').hidden = mark === '';
  showTitle();
  showNewest();
}

function showTitle() {
  const unread = [...rooms.values()].reduce((sum, room) => sum + room.unread, 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${rooms.get(active).label} – fanwire chat`;
}

function showNewest() {
  at('newest').hidden = rooms.get(active).view.isAtEnd;
}

/** The rooms become those that the address names. */
function followAddress() {
  const wanted = memory.rememberedRooms();
  for (const name of [...rooms.keys()]) if (name !== EVERYBODY && !wanted.includes(name)) leave(name);
  for (const name of wanted) if (!rooms.has(name)) addRoom(name);
  rememberRooms();
}

function leave(name) {
  removeRoom(name);
  client.leave(name);
}

// The connection

client.on('state', (event) => {
  link.show(event);
  at('send').disabled = event.state !== 'open';
  if (event.state !== 'waiting' && event.state !== 'closed') return;
  for (const room of rooms.values()) room.lostAt ??= room.isIn ? Date.now() : null;
});

client.on('welcome', () => enter(rooms.get(EVERYBODY)));

client.on('joined', ({ roomId, local }) => {
  const room = rooms.get(String(roomId));
  if (room) enter(room, local ? 'local: without Redis, this server only' : '');
});

function enter(room, mark = '') {
  if (room.lostAt !== null) {
    const seconds = Math.max(1, Math.round((Date.now() - room.lostAt) / 1000));
    room.view.addNote(`Connected again after ${seconds} s. What was said meanwhile is missing here.`);
  }
  Object.assign(room, { isIn: true, lostAt: null, mark });
  showHead();
}

client.on('message', (event) => {
  const room = rooms.get(String(event.roomId ?? EVERYBODY));
  if (!room) return;
  room.view.addMessage(event, userName);
  if (room.name !== active || document.hidden) room.view.setUnread(++room.unread);
  showTitle();
  showNewest();
});

client.on('direct', ({ data }) => rooms.get(active).view.addNote(`To you alone: ${JSON.stringify(data)}`));

client.on('error', ({ message, roomId }) => {
  const room = rooms.get(String(roomId ?? active)) ?? rooms.get(active);
  room.view.addNote(message, true);
});

async function send(name, text) {
  const { view } = rooms.get(name);
  try {
    const message = { user: userName, text };
    const ack = await (name === EVERYBODY ? client.broadcast(message) : client.publish(name, message));
    if (ack.dropped) view.addNote('The server did not pass your message on.', true);
  } catch (error) {
    const isUncertain = error.code === 'uncertain';
    view.addNote(
      isUncertain
        ? 'The connection broke: your last message may have arrived, or not.'
        : `Not sent: ${error.message}`,
      true,
    );
    if (at('text').value === '') at('text').value = text;
  }
}

// What the user does

at('join').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = at('join-room').value.trim();
  if (name === '') return;
  at('join-error').textContent = '';
  at('join-room').value = '';
  if (!rooms.has(name)) addRoom(name);
  rememberRooms();
  choose(name);
  at('text').focus();
});

at('leave').addEventListener('click', () => {
  leave(active);
  at('text').focus();
});

at('newest').addEventListener('click', () => rooms.get(active).view.scrollToEnd());

at('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = at('text').value;
  if (text.trim() === '' || client.state !== 'open') return;
  at('text').value = '';
  fitText();
  send(active, text);
});

at('text').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at('composer').requestSubmit();
});

/** The box grows with what is written. */
function fitText() {
  const box = at('text');
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight + 2}px`;
}
at('text').addEventListener('input', fitText);

document.addEventListener('keydown', (event) => {
  if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
  event.preventDefault();
  const names = [...rooms.keys()];
  const step = event.key === 'ArrowDown' ? 1 : names.length - 1;
  choose(names[(names.indexOf(active) + step) % names.length]);
});

at('me').addEventListener('click', askName);
at('name-form').addEventListener('submit', () => setName(at('name').value.trim() || 'Guest'));
// Escape keeps the name; a window without one gets one.
at('name-dialog').addEventListener('close', () => {
  if (userName === null) setName('Guest');
});

function askName() {
  at('name').value = userName ?? memory.nameToPropose();
  at('name-dialog').showModal();
  at('name').select();
}

function setName(name) {
  userName = name;
  memory.rememberName(name);
  at('me-name').textContent = name;
  paintAvatar(at('me-avatar'), name);
  at('text').focus();
}

addEventListener('hashchange', followAddress);
addEventListener('online', () => client.connect());
document.addEventListener('visibilitychange', markRead);

addRoom(EVERYBODY);
const remembered = memory.activeRoom();
followAddress();
choose(rooms.has(remembered) ? remembered : ([...rooms.keys()][1] ?? EVERYBODY));
if (userName === null) askName();
else setName(userName);
