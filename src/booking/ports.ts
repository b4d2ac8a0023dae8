import type { Books } from '../ports/books.ts';
import type { Payments } from '../ports/payments.ts';

export type BookingPorts = { readonly books: Books; readonly payments: Payments };
