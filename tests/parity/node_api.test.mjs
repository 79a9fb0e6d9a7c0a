// Compares the Node package, its types and what they are at run time, with api.json.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as fanwire from 'fanwire';
import ts from 'typescript';

const root = path.resolve(fileURLToPath(import.meta.url), '..', '..', '..');
const api = JSON.parse(readFileSync(path.join(root, 'tests', 'parity', 'api.json'), 'utf8'));
const { native } = createRequire(import.meta.url)(path.join(root, 'node', 'dist', 'native.js'));

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const type = (name) => camel(`_${name}`);
const entry = (item) => (typeof item === 'string' ? { name: item } : item);

/** What a list of api.json is called in `language`, where it is there at all. */
function names(list, language = 'node', rule = camel) {
  return list
    .map(entry)
    .filter((item) => item[language] !== null)
    .map((item) => {
      if (typeof item[language] === 'string') return item[language];
      return rule(item.name) + (item.kind === 'duration' && rule === camel ? 'Ms' : '');
    });
}

// The package's types.
const program = ts.createProgram([path.join(root, 'node', 'dist', 'index.d.ts')], {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
});
const checker = program.getTypeChecker();
const index = program.getSourceFile(path.join(root, 'node', 'dist', 'index.d.ts'));
const exported = new Map(
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(index))
    .map((symbol) => [
      symbol.name,
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    ]),
);
const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

function typeOf(name) {
  const symbol = exported.get(name);
  assert.ok(symbol, `there is no type ${name}`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/** Public members by their names; those that are named by symbols are the language's. */
function membersOf(of) {
  return checker
    .getPropertiesOfType(of)
    .filter((member) => !(ts.getCombinedModifierFlags(member.declarations[0]) & hidden))
    .map((member) => member.name)
    .filter((name) => !name.startsWith('__') && !name.startsWith('#'));
}

function literalsOf(of) {
  return of.types.filter((one) => one.isStringLiteral()).map((one) => one.value);
}

/** A function's arguments; of an object that is ours, its members. */
function argumentsOf(symbol) {
  const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
  return signature.parameters.flatMap((parameter) => {
    const given = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
    const from = given.symbol?.declarations?.[0].getSourceFile().fileName ?? '';
    const isOurs = from.includes('/node/dist/') && given.getCallSignatures().length === 0;
    return isOurs ? membersOf(given) : [parameter.name];
  });
}

test('options', () => {
  const table = native.optionTable();
  const listed = api.options.filter(({ kind }) => kind !== 'function');
  assert.deepEqual(
    table.map(({ name, kind }) => ({ name, kind })),
    listed.map(({ name, kind }) => ({ name, kind })),
  );
  const hooks = api.hooks.map(({ name }) => camel(name));
  assert.deepEqual(membersOf(typeOf('ServerOptions')), [...names(api.options), ...hooks]);
});

test('methods', () => {
  const hooks = api.hooks.map(({ name }) => camel(name));
  const wanted = [...names(api.methods), ...hooks].sort();
  const server = typeOf('Server');
  assert.deepEqual(membersOf(server).sort(), wanted);
  const atRunTime = Object.getOwnPropertyNames(fanwire.Server.prototype).filter(
    (name) => name !== 'constructor',
  );
  assert.deepEqual(atRunTime.sort(), wanted);
  for (const method of api.methods.filter(({ node }) => node !== null)) {
    const member = server.getProperty(camel(method.name));
    if (!(member.flags & ts.SymbolFlags.Method)) continue; // a getter
    assert.deepEqual(argumentsOf(member).sort(), names(method.arguments).sort(), method.name);
  }
});

test('hooks and their requests', () => {
  for (const { request, decisions } of api.hooks) {
    assert.deepEqual(membersOf(typeOf(type(request))).sort(), names(api.requests[request]).sort());
    for (const decision of decisions) assert.equal(typeof fanwire[camel(decision)], 'function');
  }
});

test('decisions', () => {
  assert.deepEqual(
    Object.keys(fanwire)
      .filter((name) => /^[a-z]/.test(name) && typeof fanwire[name] === 'function')
      .sort(),
    Object.keys(api.decisions).sort(),
  );
  for (const [name, fields] of Object.entries(api.decisions)) {
    assert.deepEqual(argumentsOf(exported.get(camel(name))).sort(), names(fields).sort(), name);
  }
});

test('results', () => {
  assert.deepEqual(membersOf(typeOf('PublishResult')), names(api.results.publish_result));
  assert.deepEqual(literalsOf(typeOf('SendResult')), api.results.send_result);
  assert.deepEqual(literalsOf(typeOf('BusState')), api.results.bus_state);
});

test('errors', () => {
  const plain = (name) => name;
  assert.deepEqual(literalsOf(typeOf('ErrorCode')).sort(), names(api.errors, 'node', plain).sort());
  assert.deepEqual(native.errorNames.slice(1), names(api.errors, 'cpp', plain));
});

test('close codes', () => {
  const wanted = Object.fromEntries(
    Object.entries(api.close_codes).map(([name, code]) => [camel(name), code]),
  );
  assert.deepEqual({ ...fanwire.CloseCode }, wanted);
});

test('stats', () => {
  assert.deepEqual(Object.keys(new fanwire.Server().stats()), names(api.stats));
  assert.deepEqual(membersOf(typeOf('Stats')), names(api.stats));
});

test('every difference has a reason', () => {
  const lists = [
    api.options,
    api.methods,
    api.errors,
    ...Object.values(api.requests),
    ...Object.values(api.decisions),
  ];
  for (const item of lists.flat().map(entry)) {
    const differs = ['cpp', 'python', 'node'].some((language) => language in item);
    assert.ok(!differs || item.why, item.name);
  }
});
