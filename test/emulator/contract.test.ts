import { expect, test } from 'vitest';
import { holdToContract } from './support/contract.ts';
import { emulated } from './support/emulated.ts';

const { stripe } = emulated();

test('an answer is held to the declarations of the SDK', async () => {
  const { id } = await stripe().customers.create({});
  const made = await stripe().customers.createTaxId(id, { type: 'eu_vat', value: 'DE1' });
  const taxId = { ...made };
  expect(() => holdToContract(taxId)).not.toThrow();
  const { value, ...withoutValue } = taxId;
  expect(() => holdToContract(withoutValue)).toThrow('"missingProperty":"value"');
  expect(() => holdToContract({ ...taxId, value: value.length })).toThrow('/value must be string');
  expect(() => holdToContract({ ...taxId, colour: 'red' })).toThrow(
    '"additionalProperty":"colour"',
  );
  expect(() => holdToContract({ ...taxId, object: 'tax_idea' })).toThrow('names no "tax_idea"');
});
