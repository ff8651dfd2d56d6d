import { once } from 'node:events';
import {
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { type Peer, PIECE_BYTES, type Row, rowOf } from '../peer.js';
import { portOf } from './sockets.js';

const PIECE = Buffer.alloc(PIECE_BYTES, 7);

const fields = {
  id: { type: GraphQLInt },
  symbol: { type: GraphQLString },
  price: { type: GraphQLFloat },
  size: { type: GraphQLInt },
  side: { type: GraphQLString },
};
const row = new GraphQLObjectType({ name: 'Row', fields });
const rowInput = new GraphQLInputObjectType({ name: 'RowInput', fields });
const count = { count: { type: new GraphQLNonNull(GraphQLInt) } };

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: { echo: { type: row, args: { row: { type: rowInput } }, resolve: (_, args: { row: Row }) => args.row } },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      rows: {
        type: row,
        args: count,
        subscribe: async function* (_, args: { count: number }) {
          for (let at = 0; at < args.count; at++) yield { rows: rowOf(at) };
        },
      },
      bulk: {
        type: GraphQLString,
        args: count,
        subscribe: async function* (_, args: { count: number }) {
          for (let at = 0; at < args.count; at++) yield { bulk: PIECE.toString('base64') };
        },
      },
    },
  }),
});

const ROW_FIELDS = '{ id symbol price size side }';

/** Queries and subscriptions with the graphql reference implementation. */
export const graphqlWs: Peer = {
  name: 'graphql-ws',
  about: 'calls are queries, streams are subscriptions by async generators; binary data as base64',
  packages: ['graphql-ws', 'graphql'],

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    useServer({ schema }, server);
    await once(server, 'listening');
    return { port: portOf(server), publish: () => undefined };
  },

  async connect(port) {
    const client = createClient({ url: `ws://127.0.0.1:${port}`, webSocketImpl: WebSocket, lazy: false });
    const run = <T>(query: string, variables: Record<string, unknown>, take: (data: T) => void): Promise<void> =>
      new Promise((resolve, reject) => {
        client.subscribe<T>(
          { query, variables },
          { next: ({ data }) => data && take(data), error: reject, complete: resolve },
        );
      });
    return {
      echo: async (value) => {
        let answer: Row = value;
        await run<{ echo: Row }>(`query ($row: RowInput) { echo(row: $row) ${ROW_FIELDS} }`, { row: value }, (data) => {
          answer = data.echo;
        });
        return answer;
      },
      rows: (many, onRow) =>
        run<{ rows: Row }>(
          `subscription ($count: Int!) { rows(count: $count) ${ROW_FIELDS} }`,
          { count: many },
          (data) => onRow(data.rows),
        ),
      bulk: (pieces, onPiece) =>
        run<{ bulk: string }>('subscription ($count: Int!) { bulk(count: $count) }', { count: pieces }, ({ bulk }) =>
          onPiece(Buffer.from(bulk, 'base64').length),
        ),
      close: () => void client.dispose(),
    };
  },
};
