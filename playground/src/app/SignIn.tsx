import { useEffect, useRef, useState, type FormEvent } from 'react';
import { fieldErrors, hasErrors, messageOf, type FieldErrors } from '../api/errors';
import { useClient } from '../api/react';
import { Brand } from '../ui/Brand';
import { Field } from '../ui/Field';
import { FormError } from '../ui/FormError';
import { useFormErrors } from '../ui/useFormErrors';
import { LedgerPage } from './LedgerPage';
import './sign-in.css';

type Name = 'email' | 'password' | 'businessSlug';

const DEMO = { email: 'owner@demo.daybook.test', password: 'daybook-demo', businessSlug: '' };
const FIELDS = { email: 'email', password: 'password', businessSlug: 'businessSlug' } as const;

export function SignIn() {
  const client = useClient();
  const submit = useRef<HTMLButtonElement>(null);
  const [values, setValues] = useState<Record<Name, string>>({
    email: '',
    password: '',
    businessSlug: '',
  });
  const { form, errors, show, clear } = useFormErrors<Name>();
  const [busy, setBusy] = useState(false);
  const notice = client.session.notice();

  useEffect(() => {
    document.title = 'Sign in · Daybook';
  }, []);

  const change = (name: Name) => (value: string) => {
    setValues((before) => ({ ...before, [name]: value }));
    clear(name);
  };

  function useDemoAccount() {
    setValues(DEMO);
    show({});
    submit.current?.focus();
  }

  async function signIn(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    const missing = missingFields(values);
    if (hasErrors(missing)) return show(missing);
    setBusy(true);
    show({});
    try {
      const { email, password, businessSlug } = values;
      const userErrors = await client.signIn(email.trim(), password, businessSlug.trim() || null);
      show(fieldErrors(userErrors, FIELDS));
    } catch (error) {
      show({ form: messageOf(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="sign-in">
      <section className="sign-in-panel">
        <div className="sign-in-box">
          <Brand />
          <h1>Sign in</h1>
          {notice && !errors.form && (
            <p className="notice" role="status">
              {notice}
            </p>
          )}
          <form ref={form} className="form" noValidate onSubmit={(event) => void signIn(event)}>
            <FormError message={errors.form} />
            <Field
              label="E-mail"
              type="email"
              name="email"
              autoComplete="username"
              autoFocus
              value={values.email}
              error={errors.email}
              onValue={change('email')}
            />
            <Field
              label="Password"
              type="password"
              name="password"
              autoComplete="current-password"
              value={values.password}
              error={errors.password}
              onValue={change('password')}
            />
            <Field
              label="Business"
              optional
              name="businessSlug"
              autoComplete="organization"
              autoCapitalize="none"
              spellCheck={false}
              hint="Its short name, if you belong to several."
              value={values.businessSlug}
              error={errors.businessSlug}
              onValue={change('businessSlug')}
            />
            <button ref={submit} type="submit" className="button button-primary" disabled={busy}>
              {busy ? 'Signing in…' : 'Sign in'}
            </button>
          </form>
          <p className="sign-in-demo">
            Just looking around?{' '}
            <button type="button" className="link-button" onClick={useDemoAccount}>
              Use the demo account
            </button>
          </p>
        </div>
      </section>
      <LedgerPage />
    </main>
  );
}

function missingFields({ email, password }: Record<Name, string>): FieldErrors<Name> {
  const errors: FieldErrors<Name> = {};
  if (!email.trim()) errors.email = 'Enter your e-mail address.';
  if (!password) errors.password = 'Enter your password.';
  return errors;
}
