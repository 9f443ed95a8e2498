import { useQuery } from 'urql';
import { ColleaguesDocument } from '../../api/gql';
import { useMay, useViewer } from '../viewer';

/** Who else belongs to the business, by name, to choose from: nobody for those who may not read it. */
export function useColleagues(): { value: string; label: string }[] {
  const { user } = useViewer();
  const mayRead = useMay('MEMBERS_READ');
  const [{ data }] = useQuery({ query: ColleaguesDocument, pause: !mayRead });
  return (data?.business.members?.nodes ?? []).flatMap((member) =>
    member.user && member.user.id !== user?.id ? [{ value: member.user.id, label: member.user.name }] : [],
  );
}
