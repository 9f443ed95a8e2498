import { useMemo } from 'react';
import { useParams } from 'react-router';
import { ApiProvider, useSignedIn } from '../api/react';
import { Session } from '../api/session';
import { AccountPage } from './AccountPage';
import { SignInPage } from './SignInPage';

/** What a customer sees who was sent a link. */
export default function Portal() {
  const { token = '' } = useParams();
  // Each link is a sign-in of its own.
  const session = useMemo(() => new Session(`portal:${token.slice(-12)}`), [token]);
  return (
    <ApiProvider session={session}>
      <SignedInOrNot token={token} />
    </ApiProvider>
  );
}

function SignedInOrNot({ token }: { token: string }) {
  return useSignedIn() ? <AccountPage /> : <SignInPage token={token} />;
}
