internal import Vocabulary

/// Two sockets that connect to each other while the wire holds what they send.
struct Crossing {
    let a: Socket
    let b: Socket
    private let synA: Rule
    private let synB: Rule
    private let synAcks: Rule

    var sockets: [Socket] { [a, b] }

    /// Sends both SYNs; neither arrives.
    init(from port: UInt16 = 7000, to other: UInt16 = 7001) {
        synA = wire.hold("SYN>")
        synB = wire.hold("<SYN")
        synAcks = wire.hold("SYN/ACK>", "<SYN/ACK")
        a = A.socket("a")
        b = B.socket("b")
        a.bind(A.port(port))
        b.bind(B.port(other))
        a.beginConnecting(to: B.port(other))
        b.beginConnecting(to: A.port(port))
        // Who reads later is to wait for what is under way.
        for socket in [a, b] { socket.setNonblocking(false) }
        synA.meets(1)
        synB.meets(1)
    }

    /// Lets one end's SYN arrive at the other.
    func deliverSYN(of host: Host) { (host == A ? synA : synB).release() }

    /// Lets both SYNs arrive and waits until both SYN/ACKs are on the wire.
    func deliverSYNs() {
        wire.release(synA, synB)
        // One of each end: after a second either sends its own again.
        wire.carries("SYN/ACK> seq=0 ack=1", since: .chapterBegan)
        wire.carries("<SYN/ACK seq=0 ack=1", since: .chapterBegan)
    }

    /// Lets both SYN/ACKs arrive.
    func deliverSYNACKs() { synAcks.release() }
}
