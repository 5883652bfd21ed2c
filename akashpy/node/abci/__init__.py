"""The chain as an application of CometBFT 0.38: ABCI 2.0 over sockets and gRPC.

`application` answers the requests, `convert` turns our records into messages and back,
`snapshots` keeps and takes over whole states, `socket` and `grpc` carry the messages.
The state machine below is the embedded node's, unchanged.
"""
