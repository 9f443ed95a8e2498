import type { ReactNode } from 'react';

interface FieldFrameProps {
  id: string;
  label: string;
  children: ReactNode;
  error?: string | undefined;
  hint?: string | undefined;
  optional?: boolean;
}

/** What surrounds a control: its label above, its error or hint below. */
export function FieldFrame({ id, label, children, error, hint, optional }: FieldFrameProps) {
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional && <span className="field-optional"> (optional)</span>}
      </label>
      {children}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
