import { useEffect, useRef, useState, type RefObject } from 'react';
import type { FieldErrors } from '../api/errors';

interface FormErrors<Name extends string> {
  form: RefObject<HTMLFormElement | null>;
  errors: FieldErrors<Name>;
  /** Shows the errors of an attempt and focuses the first field that has one. */
  show: (errors: FieldErrors<Name>) => void;
  /** Takes an error away as soon as its field is edited. */
  clear: (name: Name) => void;
}

export function useFormErrors<Name extends string>(): FormErrors<Name> {
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<FieldErrors<Name>>({});
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempt]);

  return {
    form,
    errors,
    show(next) {
      setErrors(next);
      setAttempt((before) => before + 1);
    },
    clear(name) {
      setErrors((before) => {
        const rest = { ...before };
        delete rest[name];
        return rest;
      });
    },
  };
}
