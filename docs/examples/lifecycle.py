"""Gives a user an instance, keeps it for a while, and ends it. Needs grpcio, grpcio-tools and grpcio-status.

usage: lifecycle.py ADDRESS USER ROLE [CA.pem TOKEN]
"""

import sys
import time
import uuid

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from parbake.v1 import assignment_pb2 as messages
from parbake.v1 import assignment_pb2_grpc


def connect(address, ca=None, token=None):
    """TLS with a token; without a CA, only for an address on this machine."""
    if ca is None:
        return grpc.insecure_channel(address)
    with open(ca, "rb") as pem:
        tls = grpc.ssl_channel_credentials(pem.read())
    call = grpc.access_token_call_credentials(token)
    return grpc.secure_channel(address, grpc.composite_channel_credentials(tls, call))


def reason_of(error):
    """The code of Parbake's error, such as NO_CAPACITY (docs/errors.md), and seconds until a retry may succeed."""
    status = rpc_status.from_call(error)
    code, wait = "", None
    for detail in status.details if status else []:
        info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            code = info.reason
        elif detail.Unpack(retry):
            wait = retry.retry_delay.ToTimedelta().total_seconds()
    return code or error.code().name, wait


def assign(stub, request, seconds):
    """Asks until there is an answer. The same request_id gives the same assignment, so a retry is safe."""
    until = time.monotonic() + seconds
    while True:
        try:
            return stub.Assign(request, timeout=max(1, until - time.monotonic())).assignment
        except grpc.RpcError as error:
            code, wait = reason_of(error)
            is_away = error.code() == grpc.StatusCode.UNAVAILABLE
            if not is_away or time.monotonic() + (wait or 1) > until:
                raise SystemExit(f"{code}: {error.details()}") from error
            time.sleep(wait or 1)


def main(address, user, role, ca=None, token=None):
    with connect(address, ca, token) as channel:
        stub = assignment_pb2_grpc.AssignmentServiceStub(channel)
        # A product stores the id before the first try.
        request_id = str(uuid.uuid4())
        request = messages.AssignRequest(request_id=request_id, user=user, role=role, ttl=Duration(seconds=3600))
        given = assign(stub, request, 60)
        for endpoint in given.endpoints:
            print(f"{endpoint.container} at {endpoint.host}:{endpoint.port}")
        # A webhook that lost the answer finds it by its own id.
        found = stub.GetAssignment(messages.GetAssignmentRequest(request_id=request_id), timeout=10).assignment
        print(messages.AssignmentState.Name(found.state))
        longer = messages.ExtendAssignmentRequest(assignment_id=found.assignment_id, ttl=Duration(seconds=7200))
        stub.ExtendAssignment(longer, timeout=10)
        ended = stub.Release(messages.ReleaseRequest(assignment_id=found.assignment_id), timeout=10)
        print(messages.AssignmentState.Name(ended.assignment.state))


if __name__ == "__main__":
    main(*sys.argv[1:])
