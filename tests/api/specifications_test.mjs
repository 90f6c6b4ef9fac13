// A linter that is not ours finds nothing wrong with the specifications.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import redocly from '@redocly/openapi-core';

const config = await redocly.loadConfig({ configPath: 'tests/api/redocly.yaml' });

for (const name of ['openapi.yaml', 'asyncapi.yaml']) {
  test(`${name} has no fault`, async () => {
    const faults = await redocly.lint({ ref: `protocol/specs/${name}`, config });
    const lines = faults.map(
      ({ severity, ruleId, message, location }) =>
        `${severity} ${ruleId} at ${location[0]?.pointer}: ${message}`,
    );
    assert.deepEqual(lines, []);
  });
}
