import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';

/** What is wrong with a form or a page as a whole, announced when it appears. */
export function FormError({ message }: { message: ReactNode }) {
  if (!message) return null;
  return (
    <Alert color="red" role="alert" my="sm">
      {message}
    </Alert>
  );
}
