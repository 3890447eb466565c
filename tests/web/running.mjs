// For tests of one file: the program with the workshop's archive, and a browser.
import { after, before } from 'node:test';
import { launch } from './browser.mjs';
import { workshop } from './generated.mjs';
import { Program } from './program.mjs';

export const program = new Program();
export let browser;

before(async () => {
  program.import(workshop());
  await program.start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await program.remove();
});
