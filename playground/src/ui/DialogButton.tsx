import { Button, Modal, type ButtonProps, type ModalProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';

interface DialogButtonProps extends Omit<ButtonProps, 'children'> {
  label: string;
  /** Of the dialog, where it says more than the button. */
  title?: string;
  dialogSize?: ModalProps['size'];
  /** What is in the dialog while it is open, so that it begins anew each time. */
  children: (close: () => void) => ReactNode;
}

/** A button that opens a dialog. */
export function DialogButton({ label, title = label, dialogSize = 'md', children, ...button }: DialogButtonProps) {
  const t = useTranslations('common');
  const [open, dialog] = useDisclosure();
  return (
    <>
      <Button {...button} aria-haspopup="dialog" onClick={dialog.open}>
        {label}
      </Button>
      <Modal opened={open} onClose={dialog.close} title={title} size={dialogSize} closeButtonProps={{ 'aria-label': t('close') }}>
        {children(dialog.close)}
      </Modal>
    </>
  );
}
