import type { PlantedBreach } from './planted-breach.ts';

const studio = `(select id from workspace where product_id = 'studio')`;

/** Money that went back: one breach per identity at least. */
export const plantedMoneyBack: readonly PlantedBreach[] = [
  {
    identity: 'money back',
    plant: `insert into refund (workspace_id, product_id, payment_intent, payment_id,
        refunded_minor, currency, taken_micro, booked_at)
      select workspace_id, product_id, stripe_payment_intent, id, 1000, currency, 10000000, now()
      from payment
      where workspace_id = ${studio} and purchase -> 'purpose' ->> 'kind' = 'topUp'`,
    told: [
      'money back: studio, payment <id>: expected 10000000, is 0',
      /^credit notes: studio, STU-\d+: expected 1000, is 0$/,
    ],
  },
  {
    identity: 'credit notes',
    plant: `insert into refund (workspace_id, product_id, payment_intent, invoice_id,
        refunded_minor, currency, taken_micro, booked_at)
      select workspace_id, product_id, 'pi_planted', id, 100, currency, 0, now()
      from invoice where number = 'STU-000001'`,
    told: ['credit notes: studio, STU-000001: expected 100, is 0'],
  },
  {
    identity: 'credit note lines',
    plant: `with back as (
        insert into refund (workspace_id, product_id, payment_intent, invoice_id,
          refunded_minor, currency, taken_micro, booked_at)
        select workspace_id, product_id, 'pi_planted', id, 100, currency, 0, now()
        from invoice where number = 'STU-000001' returning *
      ), given as (insert into credit_note_number values ('studio', 2))
      insert into credit_note (workspace_id, product_id, number, invoice_id, refund_id,
        subtotal_minor, applied_minor, total_minor, issued_at)
      select workspace_id, product_id, 'STU-CN-000001', invoice_id, id, 100, 0, 100, now()
      from back`,
    told: ['credit note lines: studio, STU-CN-000001: expected 100, is 0'],
  },
  {
    identity: 'credit note numbers',
    plant: `insert into credit_note_number values ('studio', 2)`,
    told: ['credit note numbers: studio, credit notes: expected 1, is 0'],
  },
];
