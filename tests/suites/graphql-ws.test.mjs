// The client of graphql-ws against Daybook, and the cases of the protocol as its own repository tests its server.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CloseCode, createClient, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import WebSocket from 'ws';
import { BASE, LIVE, WAIT, cursor, owner, pay } from './served.mjs';

const URL = `${BASE.replace(/^http/, 'ws')}/graphql`;
const TEST = { timeout: WAIT };
let shop;

/** A client of graphql-ws, signed in. */
function client(options = {}) {
  return createClient({
    url: URL,
    webSocketImpl: WebSocket,
    connectionParams: () => ({ authorization: `Bearer ${shop.token}` }),
    retryAttempts: 0,
    ...options,
  });
}

/** A bare socket: what comes from it, in order. */
async function bare(protocol = GRAPHQL_TRANSPORT_WS_PROTOCOL) {
  const socket = new WebSocket(URL, protocol);
  const messages = [];
  const waiting = [];
  const arrive = (message) => (waiting.length ? waiting.shift()(message) : messages.push(message));
  socket.on('message', (data) => arrive(JSON.parse(data)));
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: `${reason}` })));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: () => (messages.length ? Promise.resolve(messages.shift()) : new Promise((resolve) => waiting.push(resolve))),
    end: () => socket.terminate(),
  };
}

/** A bare socket that is acknowledged. */
async function acknowledged() {
  const socket = await bare();
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${shop.token}` } });
  assert.deepEqual(await socket.next(), { type: 'connection_ack' });
  return socket;
}

const subscribe = (id, query, variables) => ({ id, type: 'subscribe', payload: { query, variables } });

before(async () => {
  shop = await owner();
});

describe('the client of graphql-ws', () => {
  it('runs a query, a mutation and a subscription', TEST, async () => {
    const ours = client();
    const once = async (query, variables) => {
      const results = [];
      for await (const result of ours.iterate({ query, variables })) results.push(result);
      assert.equal(results.length, 1);
      return results[0].data;
    };
    assert.deepEqual(await once('{ business { slug } }'), { business: { slug: shop.slug } });
    const created = await once('mutation { customerCreate(input: { name: "Bo" }) { customer { name } } }');
    assert.equal(created.customerCreate.customer.name, 'Bo');

    const after = await cursor(shop.token);
    const updates = ours.iterate({ query: LIVE, variables: { after } });
    for (const amount of ['1.00', '2.00', '3.00']) {
      await pay(shop, amount);
      const { value } = await updates.next();
      assert.equal(value.data.paymentUpdates.payment.amount.amount, amount);
    }
    await updates.return();
    await ours.dispose();
  });

  it('resumes by cursor after its connection broke, without gap or repetition', TEST, async () => {
    let after = await cursor(shop.token);
    const seen = [];
    for (let round = 0; round < 5; round += 1) {
      const ours = client();
      await pay(shop, `${round * 2 + 1}.00`);
      await pay(shop, `${round * 2 + 2}.00`);
      for await (const { data } of ours.iterate({ query: LIVE, variables: { after } })) {
        seen.push(data.paymentUpdates.payment.amount.amount);
        after = data.paymentUpdates.cursor;
        if (seen.length > round * 2) break;
      }
      ours.terminate();
    }
    assert.deepEqual(seen, ['1.00', '2.00', '3.00', '4.00', '5.00', '6.00', '7.00', '8.00', '9.00'].slice(0, seen.length));
    assert.ok(seen.length >= 5);
  });

  it('is told of errors of the document, and goes on', TEST, async () => {
    const ours = client();
    const failed = ours.iterate({ query: '{ nothing }' }).next();
    await assert.rejects(failed, (errors) => errors[0].extensions.code === 'BAD_USER_INPUT');
    const { value } = await ours.iterate({ query: '{ __typename }' }).next();
    assert.deepEqual(value.data, { __typename: 'Query' });
    await ours.dispose();
  });

  it('is turned away with a wrong token', TEST, async () => {
    const ours = client({ connectionParams: { authorization: 'Bearer wrong' } });
    await assert.rejects(ours.iterate({ query: '{ __typename }' }).next(), (event) => event.code === CloseCode.Forbidden);
  });

  it('has its pings answered', TEST, async () => {
    let pong;
    const answered = new Promise((resolve) => (pong = resolve));
    const ours = client({ lazy: false, keepAlive: 50, on: { pong: (received) => received && pong() } });
    await answered;
    await ours.dispose();
  });
});

describe('the protocol', () => {
  const breaches = [
    ['another subprotocol', CloseCode.SubprotocolNotAcceptable, async () => bare([])],
    ['a second connection_init', CloseCode.TooManyInitialisationRequests, async () => {
      const socket = await acknowledged();
      socket.send({ type: 'connection_init' });
      return socket;
    }],
    ['no connection_init', CloseCode.ConnectionInitialisationTimeout, async () => bare()],
    ['a subscription without acknowledgement', CloseCode.Unauthorized, async () => {
      const socket = await bare();
      socket.send(subscribe('1', '{ __typename }'));
      return socket;
    }],
    ['an id that is in use', CloseCode.SubscriberAlreadyExists, async () => {
      const socket = await acknowledged();
      socket.send(subscribe('dup', LIVE));
      socket.send(subscribe('dup', LIVE));
      return socket;
    }],
    ['what is not JSON', CloseCode.BadRequest, async () => {
      const socket = await acknowledged();
      socket.send('notajson');
      return socket;
    }],
    ['an unknown type', CloseCode.BadRequest, async () => {
      const socket = await acknowledged();
      socket.send({ type: 'iamerror' });
      return socket;
    }],
    ['a message of the server', CloseCode.BadRequest, async () => {
      const socket = await acknowledged();
      socket.send({ id: '1', type: 'next', payload: { data: null } });
      return socket;
    }],
    ['a subscription without payload', CloseCode.BadRequest, async () => {
      const socket = await acknowledged();
      socket.send({ id: '1', type: 'subscribe' });
      return socket;
    }],
  ];
  for (const [what, code, breach] of breaches) {
    it(`ends a socket for ${what} with ${code}`, TEST, async () => {
      const socket = await breach();
      assert.equal((await socket.closed).code, code);
    });
  }

  it('answers pings with their payload, before and after the acknowledgement', TEST, async () => {
    const socket = await bare();
    socket.send({ type: 'ping', payload: { iCome: 'back' } });
    assert.deepEqual(await socket.next(), { type: 'pong', payload: { iCome: 'back' } });
    socket.send({ type: 'connection_init' });
    assert.deepEqual(await socket.next(), { type: 'connection_ack' });
    socket.send({ type: 'ping' });
    assert.deepEqual(await socket.next(), { type: 'pong' });
    socket.send({ type: 'pong' });
    socket.end();
  });

  it('lets an id be used again once its operation is complete', TEST, async () => {
    const socket = await acknowledged();
    for (let round = 0; round < 5; round += 1) {
      socket.send(subscribe('again', '{ __typename }'));
      assert.equal((await socket.next()).type, 'next');
      assert.deepEqual(await socket.next(), { id: 'again', type: 'complete' });
    }
    socket.end();
  });

  it('lets an id be used again once the client has completed it', TEST, async () => {
    const socket = await acknowledged();
    for (let round = 0; round < 5; round += 1) {
      socket.send(subscribe('again', LIVE));
      socket.send({ id: 'again', type: 'complete' });
    }
    socket.send(subscribe('again', '{ __typename }'));
    assert.deepEqual(await socket.next(), { id: 'again', type: 'next', payload: { data: { __typename: 'Query' } } });
    assert.deepEqual(await socket.next(), { id: 'again', type: 'complete' });
    socket.end();
  });

  it('does not mind complete for an unknown id', TEST, async () => {
    const socket = await acknowledged();
    socket.send({ id: 'unknown', type: 'complete' });
    socket.send({ type: 'ping' });
    assert.deepEqual(await socket.next(), { type: 'pong' });
    socket.end();
  });

  it('sends errors of the document as error, without complete', TEST, async () => {
    const socket = await acknowledged();
    socket.send(subscribe('1', '{ notAField }'));
    const { id, type, payload } = await socket.next();
    assert.deepEqual([id, type, Array.isArray(payload)], ['1', 'error', true]);
    socket.send({ type: 'ping' });
    assert.deepEqual(await socket.next(), { type: 'pong' });
    socket.end();
  });

  it('sends nothing of an operation after its client has completed it', TEST, async () => {
    const socket = await acknowledged();
    socket.send(subscribe('done', LIVE));
    socket.send(subscribe('other', LIVE, { after: await cursor(shop.token) }));
    await pay(shop, '1.00');
    while ((await socket.next()).id !== 'other');
    socket.send({ id: 'done', type: 'complete' });
    socket.send({ type: 'ping' });
    while ((await socket.next()).type !== 'pong');
    await pay(shop, '1.00');
    assert.equal((await socket.next()).id, 'other');
    socket.send({ type: 'ping' });
    assert.deepEqual(await socket.next(), { type: 'pong' });
    socket.end();
  });
});
