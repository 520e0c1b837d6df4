internal import Vocabulary

/// What a sender has sent to a receiver that does not read.
struct Filling {
    /// Bytes that the sender's kernel has taken, and those of them that have arrived.
    private(set) var accepted = 0
    private(set) var delivered = 0

    /// Bytes that have not arrived.
    var left: Int { accepted - delivered }
    /// A window probe lies one below the next number: the last byte that the receiver has already acknowledged.
    var probe: SegmentPattern { "ACK> seq=\(delivered)" }

    /// Nothing so far.
    init() {}

    /// Sends until the receiver's window is closed and nothing more fits.
    init(of receiver: Socket, by sender: Socket) throws {
        accepted = try sender.fill()
        delivered = accepted - (try sender.row()?.sendQueue ?? 0)
        sender.shows(.ESTABLISHED, .owned, timer: .persist, sendQueue: left)
        receiver.shows(.ESTABLISHED, .owned, receiveQueue: delivered)
    }
}
