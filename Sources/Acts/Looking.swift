extension Act {
    /// Whether it only looks at what the kernel does, so that what it finds was brought about by an act before it.
    package var onlyLooks: Bool {
        switch self {
        case .socket(_, let act): act.onlyLooks
        case .call: true
        case .process(_, let act): if case .ends = act { true } else { false }
        case .host(_, let act): act.onlyLooks
        case .wire(let act): act.onlyLooks
        case .attempt: true
        }
    }
}

extension SocketAct {
    fileprivate var onlyLooks: Bool {
        switch self {
        case .shows, .isGone, .passes, .goes, .hasError, .polls, .tcpInfo, .option, .mirrors, .timerLasts, .netstat:
            true
        case .call, .begin, .accept, .duplicate, .share, .fill, .readToEnd, .crash, .destroy: false
        }
    }
}

extension HostAct {
    fileprivate var onlyLooks: Bool {
        switch self {
        case .set, .addAddress: false
        case .counts, .tracesReset, .traces, .tracesNoChild, .hasRows, .endShows, .endVanishes: true
        }
    }
}

extension WireAct {
    fileprivate var onlyLooks: Bool {
        switch self {
        case .rule, .release, .lift, .forge, .imitate, .repeats, .complains: false
        case .meets, .carries, .carriesOnly, .carriesNothing, .carriesCount, .carriesAtLeast, .carriesNothingBut,
            .carriesNoReset, .carriesAgain, .hasCarried, .staysQuiet, .backsOff, .tolerates, .here:
            true
        }
    }
}
