import { Card, Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import classes from './Figure.module.css';

interface FigureProps {
  label: string;
  children: string;
  'data-figure'?: string;
}

/** One figure with what it counts. */
export function Figure({ label, children, 'data-figure': name }: FigureProps) {
  return (
    <Card component="dl" m={0} p={{ base: 'xs', sm: 'md' }} className={classes.figure}>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text
        component="dd"
        m={0}
        fw={650}
        className={classes.value}
        style={{ '--length': children.length } as CSSProperties}
        data-figure={name}
      >
        {children}
      </Text>
    </Card>
  );
}
