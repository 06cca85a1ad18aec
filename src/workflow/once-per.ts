/** What follows from an unchanging object alone, worked out when it is first asked for. */

/** `make` with its answers kept as long as their keys live. Pure when `make` is and keys never change. */
export function oncePer<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}
