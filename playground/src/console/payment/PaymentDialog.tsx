import { Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CustomerPicker } from './CustomerPicker';
import { PaymentForm } from './PaymentForm';

/** A customer by whom a payment can be. */
export interface Payer {
  id: string;
  name: string;
  code: string;
}

interface PaymentDialogProps {
  opened: boolean;
  onClose: () => void;
  /** Who pays. To be chosen in the dialog if absent. */
  payer?: Payer;
}

export function PaymentDialog({ opened, onClose, payer }: PaymentDialogProps) {
  const t = useTranslations();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('payment.record')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <PaymentSteps payer={payer ?? null} onClose={onClose} />
    </Modal>
  );
}

/** What is in the dialog while it is open, so that it begins anew each time. */
function PaymentSteps({ payer: given, onClose }: { payer: Payer | null; onClose: () => void }) {
  const [payer, setPayer] = useState(given);
  if (!payer) return <CustomerPicker onPick={setPayer} />;
  return <PaymentForm payer={payer} onDone={onClose} />;
}
