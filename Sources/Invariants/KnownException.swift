/// A way in which kernels break an invariant that is known, with its reason.
package struct KnownException: Sendable {
    /// The invariant's id.
    package let invariant: String
    let likeness: Breach.Likeness
    /// The first series that does it no more; nil where all do.
    package let until: (major: Int, minor: Int)?
    /// The kernel's function, and why it does this.
    package let reason: String

    func covers(_ breach: Breach, of invariant: String, on release: String) -> Bool {
        guard invariant == self.invariant, breach.likeness == likeness else { return false }
        guard let until, let series = Self.series(release) else { return until == nil }
        return series < until
    }

    /// `6.12.118-amd64` is (6, 12).
    private static func series(_ release: String) -> (Int, Int)? {
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    package static let all = [
        KnownException(
            invariant: "window.heeded", likeness: .finBeyondWindow, until: nil,
            reason: "tcp_snd_wnd_test() looks at the first segment of a buffer only, and tcp_mss_split_point() counts"
                + " the bytes of the buffer without its FIN, so a FIN behind data that just fills the window goes along"
        ),
        KnownException(
            invariant: "window.edge", likeness: .minisockRounding, until: nil,
            reason: "tcp_v4_reqsk_send_ack() and tcp_v4_timewait_ack() shift the window without rounding up, which"
                + " tcp_select_window() does for full sockets (RFC 7323 2.4 allows for it)"),
        KnownException(
            invariant: "timestamps.echo", likeness: .echoInSYN, until: nil,
            reason: "tcp_twsk_unique() hands the TIME_WAIT's last timestamp to the socket that takes its port over, and"
                + " tcp_syn_options() echoes it; RFC 7323 3.2 says SHOULD for the zero"),
    ]
}
