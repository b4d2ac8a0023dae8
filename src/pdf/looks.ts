import type { Style } from './sheet.ts';

const ink = '#1f2430';
const grey = '#5b6270';

export const title: Style = { size: 20, face: 'bold', color: ink };
export const strong: Style = { size: 10, face: 'bold', color: ink };
export const body: Style = { size: 10, face: 'regular', color: ink };
export const small: Style = { size: 8.5, face: 'regular', color: grey };

export const thickLine = ink;
export const thinLine = '#c9ced6';
