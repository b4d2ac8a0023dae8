import type { Decline } from './cards.ts';

/** What a test bank account does, by Stripe's documented numbers. */
export interface TestBankAccount {
  readonly number: string;
  /** Its reusable test ids, `pm_usBankAccount_…`. */
  readonly testIds: readonly string[];
  /** What the pages call it. */
  readonly label: string;
  /** Its name in control requests. */
  readonly name: string;
  /** How a debit ends, once the bank has answered. */
  readonly onDebit: 'paid' | Decline;
}

/** Every test account is of this bank. */
export const testRouting = '110000000';

const fails = (code: string, message: string): Decline => ({ code, declineCode: code, message });

export const testBankAccounts: readonly TestBankAccount[] = [
  {
    number: '000123456789',
    testIds: ['pm_usBankAccount_success'],
    name: 'bank',
    label: 'Pays after some days',
    onDebit: 'paid',
  },
  {
    number: '000222222227',
    testIds: ['pm_usBankAccount_insufficientFunds'],
    name: 'bankInsufficientFunds',
    label: 'Has insufficient funds, told after some days',
    onDebit: fails('insufficient_funds', 'The bank account has insufficient funds.'),
  },
  {
    number: '000111111113',
    testIds: ['pm_usBankAccount_accountClosed'],
    name: 'bankAccountClosed',
    label: 'Was closed, told after some days',
    onDebit: fails('account_closed', 'The customer’s bank account has been closed.'),
  },
  {
    number: '000111111116',
    testIds: ['pm_usBankAccount_noAccount'],
    name: 'bankNoAccount',
    label: 'Does not exist, told after some days',
    onDebit: fails('no_account', 'The customer’s bank account could not be located.'),
  },
  {
    number: '000333333335',
    testIds: ['pm_usBankAccount_debitNotAuthorized'],
    name: 'bankDebitNotAuthorized',
    label: 'Lets nobody debit it, told after some days',
    onDebit: fails('debit_not_authorized', 'The customer has not authorized this debit.'),
  },
];

export const bankAccountByTestId = (id: string): TestBankAccount | undefined =>
  testBankAccounts.find((account) => account.testIds.includes(id));

export const bankAccountByNumber = (number: string): TestBankAccount | undefined =>
  testBankAccounts.find((account) => account.number === number.replaceAll(/[\s-]/g, ''));

export const bankAccountByName = (name: string): TestBankAccount | undefined =>
  testBankAccounts.find((account) => account.name === name);
