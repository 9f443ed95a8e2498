import { Group, Text } from '@mantine/core';
import icon from '../assets/icon.svg?inline';

export function Brand() {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src={icon} alt="" width="26" height="26" />
      <Text fw={700} visibleFrom="xs">
        Daybook
      </Text>
    </Group>
  );
}
