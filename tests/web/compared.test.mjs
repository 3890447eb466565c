// The line in the overview that says how far the archive was compared with the vendor.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { open, page, program } from './opened.mjs';

// What a comparison leaves in the archive. The program must not run.
async function leave(run) {
  await program.stop();
  const columns = { kind: 'backfill', begun_at: Date.now(), ended_at: Date.now(), requests: 9, windows: 1, windows_done: 1, items: 5, stored: 3, missing: 3, ...run };
  const values = Object.values(columns).map((value) => (typeof value === 'string' ? `'${value}'` : value));
  execFileSync('sqlite3', [program.db, `INSERT INTO backfill_runs (${Object.keys(columns)}) VALUES (${values})`]);
  await program.start();
}

test('an archive that was never compared says nothing of it', async () => {
  await open('#/overview');
  assert.equal(await page.locator('.complete').count(), 0);
});

test('it says up to when it is complete, what came only by backfill, and what went wrong last', async () => {
  await leave({ complete_until: Date.parse('2026-03-02T09:00:00Z'), only_by_backfill: 20 });
  await open('#/overview');
  const line = page.locator('.complete');
  await line.waitFor();
  assert.equal(await line.locator('time').getAttribute('datetime'), '2026-03-02T09:00:00.000Z');
  assert.match(await line.innerText(), /complete up to .*; 20 calls, messages and contacts came only by backfill\.$/);
  await page.context().close();

  await leave({ kind: 'reconcile', error: 'the vendor answers 503' });
  await open('#/overview');
  await page.locator('.complete', { hasText: 'The last comparison failed: the vendor answers 503.' }).waitFor();
  assert.match(await page.locator('.complete').innerText(), /complete up to/);
});
