"""Remote control of Mercurial's frame reactors, one command of a test at a time.

Every line on stdin is a JSON array [session, operations]; every line on stdout is the array of their results. An
operation is an object with its name in `do`. Bytes are base64; values have the JSON form of the wiremux client.
Exceptions of the reactors are results too, as their type and message: nothing else of them leaves this process.
"""

import base64
import io
import itertools
import json
import sys
import types

# An exception that ends this process is told without the lines it came through: they are not ours to show.
sys.tracebacklimit = 0

from mercurial import ui, wireprotoframing

HEADER_SIZE = 8


def bytes_of(text):
    return base64.b64decode(text)


def text_of(value):
    return base64.b64encode(bytes(value)).decode('ascii')


def value_of(form):
    """A value from its JSON form."""
    if isinstance(form, list):
        return [value_of(item) for item in form]
    if not isinstance(form, dict):
        return form
    ((mark, content),) = form.items()
    if mark == '$bytes':
        return bytes_of(content)
    if mark == '$int':
        return int(content)
    if mark == '$map':
        return {value_of(key): value_of(item) for key, item in content}
    if mark == '$set':
        return {value_of(item) for item in content}
    raise ValueError('unknown form %s' % mark)


def form_of(value):
    """The JSON form of a value; integers as text, since JSON readers round them."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {'$int': str(value)}
    if isinstance(value, (bytes, bytearray)):
        return {'$bytes': text_of(value)}
    if isinstance(value, (list, tuple)):
        return [form_of(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {'$set': [form_of(item) for item in value]}
    if isinstance(value, dict):
        return {'$map': [[form_of(key), form_of(item)] for key, item in value.items()]}
    raise TypeError('a value of type %s' % type(value).__name__)


def fault_of(error):
    return {'type': type(error).__name__, 'message': str(error)}


def values_then(values, failure):
    """The values, and then what a command that fails does."""
    yield from values
    if failure is not None:
        raise RuntimeError(failure)


class Session:
    """One reactor, the frames it has promised, and the bytes of a frame not yet complete."""

    def __init__(self):
        self.reactor = None
        self.streams = {}
        self.sources = []
        self.unread = b''

    # What a session is

    def do_server(self, held):
        self.reactor = wireprotoframing.serverreactor(ui.ui(), deferoutput=held)
        self.receive = self.receive_as_server

    def do_client(self, buffered, encodings):
        self.reactor = wireprotoframing.clientreactor(
            ui.ui(),
            hasmultiplesend=True,
            buffersends=buffered,
            clientcontentencoders=[name.encode('ascii') for name in encodings],
        )
        self.receive = self.receive_as_client

    # Frames out

    def promise(self, result):
        """Keeps the frames a reactor will make when asked; their number, or nothing where it holds them back."""
        action, meta = result
        if action != b'sendframes':
            return None
        return self.keep(meta[b'framegen'])

    def keep(self, frames):
        self.sources.append(iter(frames))
        return len(self.sources) - 1

    def do_call(self, name, args, data, redirect):
        request, action, meta = self.reactor.callcommand(
            bytes_of(name),
            value_of(args),
            datafh=None if data is None else io.BytesIO(bytes_of(data)),
            redirect=value_of(redirect),
        )
        return {'request': request.requestid, 'source': self.promise((action, meta))}

    def do_flush(self):
        return self.promise(self.reactor.flushcommands())

    def do_stream(self):
        stream = self.reactor.makeoutputstream()
        self.streams[stream.streamid] = stream
        return stream.streamid

    def do_answer(self, stream, request, values, failure):
        answer = values_then([value_of(value) for value in values], failure)
        return self.promise(self.reactor.oncommandresponsereadyobjects(self.streams[stream], request, answer))

    def do_command_error(self, stream, request, message, args):
        texts = [bytes_of(arg) for arg in args]
        return self.promise(self.reactor.oncommanderror(self.streams[stream], request, bytes_of(message), texts))

    def do_server_error(self, stream, request, message):
        return self.promise(self.reactor.onservererror(self.streams[stream], request, bytes_of(message)))

    def do_redirect(self, stream, request, location):
        attributes = {name.decode('ascii'): item for name, item in value_of(location).items()}
        return self.keep(self.redirect(self.streams[stream], request, types.SimpleNamespace(**attributes)))

    def redirect(self, stream, request, location):
        yield wireprotoframing.createalternatelocationresponseframe(stream, request, location)
        yield from wireprotoframing.createcommandresponseeosframes(stream, request)

    def do_print(self, stream, request, atoms):
        texts = [
            (bytes_of(text), [bytes_of(arg) for arg in args], [bytes_of(label) for label in labels])
            for text, args, labels in atoms
        ]
        return self.keep(wireprotoframing.createtextoutputframe(self.streams[stream], request, texts))

    def do_frame(self, text):
        return self.keep([wireprotoframing.makeframefromhumanstring(text.encode('utf-8'))])

    def do_end_of_input(self):
        return self.promise(self.reactor.oninputeof())

    def do_take(self, lanes, order):
        """Frames of each lane's sources, one source after the other; of the lanes one frame each in `order`."""
        frames = [itertools.chain.from_iterable(self.sources[source] for source in lane) for lane in lanes]
        taken = [bytes(next(frames[lane], b'')) for lane in order]
        taken.extend(bytes(frame) for lane in frames for frame in lane)
        return text_of(b''.join(taken))

    # Frames in

    def do_length(self, header):
        return wireprotoframing.parseheader(bytearray(bytes_of(header))).length

    def do_receive(self, data):
        """Cuts frames by itself: the module's own reading of the length weighs its third byte wrongly."""
        self.unread += bytes_of(data)
        events = []
        while len(self.unread) >= HEADER_SIZE:
            end = HEADER_SIZE + int.from_bytes(self.unread[:3], 'little')
            if len(self.unread) < end:
                break
            head, payload = self.unread[:HEADER_SIZE], self.unread[HEADER_SIZE:end]
            self.unread = self.unread[end:]
            frame = wireprotoframing.frame(
                int.from_bytes(head[3:5], 'little'), head[5], head[6], head[7] >> 4, head[7] & 15, payload
            )
            try:
                events.append(self.receive(frame))
            except Exception as error:
                events.append({'kind': 'exception', **fault_of(error)})
                break
        return events

    def receive_as_server(self, frame):
        action, meta = self.reactor.onframerecv(frame)
        if action == b'runcommand':
            data = meta[b'data']
            return {
                'kind': 'runcommand',
                'request': meta[b'requestid'],
                'command': text_of(meta[b'command']),
                'args': form_of(meta[b'args']),
                'redirect': form_of(meta[b'redirect']),
                'data': None if data is None else text_of(data),
            }
        if action == b'error':
            return {'kind': 'error', 'message': meta[b'message'].decode('latin-1')}
        return {'kind': action.decode('ascii')}

    def receive_as_client(self, frame):
        action, meta = self.reactor.onframerecv(frame)
        if action == b'responsedata':
            return {
                'kind': 'responsedata',
                'request': meta[b'request'].requestid,
                'data': text_of(meta[b'data']),
                'ended': bool(meta[b'eos']),
            }
        if action == b'error' and b'request' in meta:
            return {
                'kind': 'failed',
                'request': meta[b'request'].requestid,
                'type': text_of(meta[b'type']),
                'message': form_of(meta[b'message']),
            }
        if action == b'error':
            return {'kind': 'error', 'message': meta[b'message'].decode('latin-1')}
        return {'kind': action.decode('ascii')}


def run(session, operation):
    name = operation.pop('do')
    try:
        return {'ok': getattr(session, 'do_' + name)(**operation)}
    except Exception as error:
        return {'error': fault_of(error)}


def main():
    sessions = {}
    for line in sys.stdin.buffer:
        number, operations = json.loads(line)
        if operations is None:
            sessions.pop(number, None)
            continue
        session = sessions.setdefault(number, Session())
        results = [run(session, operation) for operation in operations]
        sys.stdout.buffer.write(json.dumps(results).encode('ascii') + b'\n')
        sys.stdout.buffer.flush()


if __name__ == '__main__':
    main()
