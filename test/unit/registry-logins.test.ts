import { expect, test } from 'vitest';
import {
  parseCommandAnswer,
  parseHelperAnswer,
  parseLoginCommand,
  parseLogins,
} from '../../agent/core/image/registry-logins.ts';

const auth = Buffer.from('alice:pass:word').toString('base64');
const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

test('finds a login by the domain of an image', () => {
  const logins = parseLogins(JSON.stringify({ auths: { 'registry.example.com:5000': { auth } } }));
  expect(logins.find('registry.example.com:5000')).toEqual({
    serveraddress: 'registry.example.com:5000',
    username: 'alice',
    password: 'pass:word',
  });
  expect(logins.find('registry.example.com')).toBeUndefined();
});

test("knows Docker Hub by the old clients' address", () => {
  const logins = parseLogins(JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth } } }));
  expect(logins.find('docker.io')?.username).toBe('alice');
});

test('takes an identity token', () => {
  const logins = parseLogins(JSON.stringify({ auths: { r: { identitytoken: 'token' } } }));
  expect(logins.find('r')).toEqual({ serveraddress: 'r', identitytoken: 'token' });
});

test("a registry's own helper goes before the one for all", () => {
  const logins = parseLogins(JSON.stringify({ credHelpers: { a: 'x', b: 7 }, credsStore: 'all' }));
  expect([logins.helperFor('a'), logins.helperFor('b')]).toEqual(['x', 'all']);
  expect(parseLogins('{}').helperFor('a')).toBeUndefined();
});

test.each(['{}', '[]', 'null', '{"auths":null}', '{"auths":{"a":7}}'])('%s has no logins', (text) => {
  expect(parseLogins(text).find('a')).toBeUndefined();
});

test('a helper answers with a password or with a token', () => {
  const answer = (Username: string) => JSON.stringify({ ServerURL: 'r', Username, Secret: 's' });
  expect(parseHelperAnswer(answer('alice'), 'r')).toEqual({
    serveraddress: 'r',
    username: 'alice',
    password: 's',
  });
  expect(parseHelperAnswer(answer('<token>'), 'docker.io')).toEqual({
    serveraddress: 'https://index.docker.io/v1/',
    identitytoken: 's',
  });
  for (const text of ['', 'null', '{"Username":"a"}', 'oops'])
    expect(parseHelperAnswer(text, 'r')).toBeUndefined();
});

test('a login command is a program, or a list of it and its arguments', () => {
  expect(parseLoginCommand(`${ecr}=["aws","ecr","get-login-password"]`)).toEqual({
    domain: ecr,
    program: 'aws',
    args: ['ecr', 'get-login-password'],
  });
  expect(parseLoginCommand('alice@r.example.com:5000=/usr/bin/token')).toEqual({
    domain: 'r.example.com:5000',
    username: 'alice',
    program: '/usr/bin/token',
    args: [],
  });
});

test.each([
  ['nothing', 'takes [USER@]REGISTRY=COMMAND'],
  ['=x', 'takes [USER@]REGISTRY=COMMAND'],
  ['@r=x', 'takes [USER@]REGISTRY=COMMAND'],
  ['r=x', 'needs a user: USER@r=COMMAND'],
  [`${ecr}=`, 'names no program'],
  [`${ecr}=[]`, 'names no program'],
  [`${ecr}=aws ecr`, 'or a JSON list'],
  [`${ecr}=[1]`, 'is not a JSON list of texts'],
  [`${ecr}=[`, 'is not a JSON list of texts'],
])('the login command %s is refused', (text, message) => {
  expect(() => parseLoginCommand(text)).toThrow(message);
});

test('a login command prints a password, or what a helper would', () => {
  const command = parseLoginCommand(`${ecr}=aws`);
  expect(parseCommandAnswer('token\n', command)).toEqual({
    serveraddress: ecr,
    username: 'AWS',
    password: 'token',
  });
  const helped = JSON.stringify({ Username: 'bob', Secret: 's' });
  expect(parseCommandAnswer(helped, command)).toMatchObject({ username: 'bob', password: 's' });
  for (const text of ['', '\n', 'a\nb', '{}']) expect(parseCommandAnswer(text, command)).toBeUndefined();
});
