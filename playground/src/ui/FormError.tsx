/** An error of a form as a whole, announced when it appears. */
export function FormError({ message }: { message: string | undefined }) {
  return <div role="alert">{message && <p className="form-error">{message}</p>}</div>;
}
