/// What a production of the grammar is about, for those who explore only a part.
package enum Topic: String, CaseIterable, Sendable {
    /// Other ways to come to a connection than the usual one: crossed, refused, queued.
    case open
    /// Ends of connections: shutdown, close, linger, abort, SOCK_DESTROY.
    case close
    case data
    case options
    case sysctls
    /// Losses, delays, duplicates and segments that are kept back.
    case wire
    /// Segments that no kernel has sent.
    case forge
    /// What routers say.
    case icmp
    /// Waits as long as timers.
    case timers
    case ipv6
}
