import { useId, type InputHTMLAttributes } from 'react';
import { FieldFrame } from './FieldFrame';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  label: string;
  value: string;
  onValue: (value: string) => void;
  error?: string | undefined;
  hint?: string | undefined;
  optional?: boolean;
}

/** A labelled text input with its hint and its error. */
export function Field({ label, onValue, error, hint, optional, ...input }: FieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} error={error} hint={hint} optional={optional ?? false}>
      <input
        {...input}
        id={id}
        className="input"
        aria-required={!optional}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-error ${id}-hint`}
        onChange={(event) => onValue(event.target.value)}
      />
    </FieldFrame>
  );
}
