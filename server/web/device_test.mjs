import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceName } from './device.js';

test('names the browser and the system', () => {
  const chrome =
    'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36';
  const edge =
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0';
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1';
  assert.equal(deviceName(chrome), 'Chrome on Android');
  assert.equal(deviceName(edge), 'Edge on Windows');
  assert.equal(deviceName(safari), 'Safari on iOS');
});

test('does without what it does not know', () => {
  assert.equal(deviceName('curl/8.0'), 'Web browser');
});
