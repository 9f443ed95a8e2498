import { useSession } from '../api/react';
import { Shell } from './Shell';
import { SignIn } from './SignIn';

export function App() {
  const session = useSession();
  return session ? <Shell viewer={session.viewer} /> : <SignIn />;
}
