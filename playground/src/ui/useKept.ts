import { useState } from 'react';

/** Of values that were kept and are changed: those that differ, so that what others changed meanwhile stays. */
export function useKept<Values extends object>(initial: Values) {
  const [kept, setKept] = useState(initial);
  return {
    changed: (values: Values) =>
      Object.fromEntries(
        Object.entries(values).filter(([name, value]) => value !== kept[name as keyof Values]),
      ) as Partial<Values>,
    isKept: (values: Values) => Object.entries(values).every(([name, value]) => value === kept[name as keyof Values]),
    keep: setKept,
  };
}
