// What the page remembers: the name of this window, the last one for new windows, the rooms in the address.

const maxRooms = 50;

/** Storage may be forbidden or full; then the page forgets, and works. */
function stored(storage, key, value) {
  try {
    if (value === undefined) return window[storage].getItem(key);
    window[storage].setItem(key, value);
  } catch {
    return null;
  }
  return value;
}

/** The name of this window, which survives a reload; null in a new one. */
export const nameOfWindow = () => stored('sessionStorage', 'fanwire.name');

/** A name to propose in a new window. */
export const nameToPropose = () => stored('localStorage', 'fanwire.name') ?? '';

export function rememberName(name) {
  stored('sessionStorage', 'fanwire.name', name);
  stored('localStorage', 'fanwire.name', name);
}

/** The rooms that the address names, else those of the last visit. */
export function rememberedRooms() {
  const text = location.hash.slice(1) || stored('localStorage', 'fanwire.rooms') || 'lobby';
  return [
    ...new Set(
      text
        .split(',')
        .map(decoded)
        .filter((room) => room !== ''),
    ),
  ].slice(0, maxRooms);
}

export function rememberRooms(rooms) {
  const text = rooms.map(encodeURIComponent).join(',');
  stored('localStorage', 'fanwire.rooms', text);
  history.replaceState(null, '', `#${text}`);
}

export const activeRoom = () => stored('sessionStorage', 'fanwire.active');
export const rememberActiveRoom = (room) => stored('sessionStorage', 'fanwire.active', room);

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
