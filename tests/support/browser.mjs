import { chromium } from 'playwright-core';

/** Debian's Chromium, without a window and without talk of its own on the network. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.FANWIRE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
