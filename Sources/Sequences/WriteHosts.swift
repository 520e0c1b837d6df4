internal import Acts
internal import Linux
internal import SockDiag
internal import Packets

extension ProcessAct {
    /// What is said of a process after its name.
    var written: String {
        func family(_ v6: Bool?) -> String { v6.map { $0 ? " v6" : " v4" } ?? "" }
        func call(_ words: String, _ outcome: Outcome) -> String {
            if case .succeeds = outcome { return words }
            return "\(words) -> \(outcome.written)"
        }
        return switch self {
        case .spawn(let host, _): "on \(host.rawValue)"
        case .fork(let name): "forks \(name.asName)"
        case .socket(let name, let v6): "socket \(name.asName)\(family(v6))"
        case .mptcpSocket(let name): "mptcp socket \(name.asName)"
        case .listen(let name, let port, let backlog, let receiveBuffer, let reuseAddress, let v6):
            "listen \(name.asName) port \(port) backlog \(backlog)"
                + (receiveBuffer.map { " rcvbuf \($0)" } ?? "") + (reuseAddress ? "" : " without SO_REUSEADDR")
                + family(v6)
        case .connect(let count, let endpoint, let listener):
            "connects \(count) to \(endpoint.written) through \(listener.asName)"
        case .signal(let signal, let disposition): "signal \(signal.symbol) \(disposition.symbol)"
        case .kill(let signal): "kill \(signal.symbol)"
        case .call(.raise(let signal), let outcome): call("raise \(signal.symbol)", outcome)
        case .call(.pipe, let outcome): call("pipe", outcome)
        case .call(.shutdown(let descriptor, let how), let outcome): call("shutdown \(descriptor) \(how)", outcome)
        case .exit(let code): "exits \(code)"
        case .stop: "stops"
        case .resume: "resumes"
        case .ends(.exited(let code)): "ends exited \(code)"
        case .ends(.killed(let signal)): "ends killed \(signal.symbol)"
        }
    }
}

extension HostAct {
    /// What is said of a host after its letter.
    var written: String {
        switch self {
        case .set(let name, let value): "set \(name) = \(value)"
        case .addAddress(let address): "address \(address)"
        case .counts(let deltas):
            "counts " + deltas.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ")
        case .tracesReset(let reason, let state):
            "traces reset \(reason.quoted)" + (state.map { " in \($0.symbol)" } ?? "")
        case .traces(let tracepoint, let count): "traces \(tracepoint.symbol) \(count)"
        case .tracesNoChild(let port): "traces no child of port \(port)"
        case .hasRows(let count, let row, let socket):
            "has \(count) \(row.written)" + (socket.map { " of \($0.asName)" } ?? "")
        case .endShows(let endpoint, let row, let after):
            (["end toward", endpoint.written, "shows", row.written] + after.words).joined(separator: " ")
        case .endVanishes(let endpoint, let label, let timer, let mark):
            "end toward \(endpoint.written) vanishes called \(label.quoted) after \(timer.written) since \(mark.asName)"
        }
    }
}

extension WireAct {
    /// What is said of the wire.
    var written: String {
        switch self {
        case .rule(.hold, [], _, _, let name): "freeze as \(name.asName)"
        case .rule(.drop, [], _, _, let name): "cut as \(name.asName)"
        case .rule(let kind, let patterns, let first, let ends, let name):
            ([kind.written] + patterns.map(\.symbol.quoted) + (first.map { ["first \($0)"] } ?? [])
                + ends.map { "of \($0.written)" } + ["as", name.asName]).joined(separator: " ")
        case .release(let names, let reversed):
            (["release"] + names.map(\.asName) + (reversed ? ["reversed"] : [])).joined(separator: " ")
        case .lift(let name): "lift \(name.asName)"
        case .meets(let name, let count, _): "\(name.asName) meets \(count)"
        case .carries(let patterns, let after, let since, let names):
            (["carries"]
                + zip(patterns, names).flatMap { pattern, name in
                    [pattern.symbol.quoted] + (name == pattern.symbol ? [] : ["as", name.asName])
                } + after.words + since.words).joined(separator: " ")
        case .carriesOnly(let patterns, let inAnyOrder, let since):
            (["carries only"] + patterns.map(\.symbol.quoted) + (inAnyOrder ? ["in any order"] : []) + since.words)
                .joined(separator: " ")
        case .carriesNothing(let since): (["carries nothing"] + since.words).joined(separator: " ")
        case .carriesCount(0, let pattern, let since):
            (["never carries", pattern.symbol.quoted] + since.wordsUnlessChapter).joined(separator: " ")
        case .carriesCount(let count, let pattern, let since):
            (["carries \(count) of", pattern.symbol.quoted] + since.words).joined(separator: " ")
        case .carriesAtLeast(let count, let pattern, let after, let since):
            (["carries at least \(count) of", pattern.symbol.quoted] + after.words + since.words)
                .joined(separator: " ")
        case .carriesNothingBut(let patterns, let since):
            (["carries nothing but"] + patterns.map(\.symbol.quoted) + since.words).joined(separator: " ")
        case .carriesNoReset(let since): (["carries no reset"] + since.wordsUnlessChapter).joined(separator: " ")
        case .carriesAgain(let pattern, let first, let timer, let name):
            "carries \(pattern.symbol.quoted) again after \(first.asName) timer \(timer.written) as \(name.asName)"
        case .hasCarried(let pattern, let name): "has carried \(pattern.symbol.quoted) as \(name.asName)"
        case .staysQuiet(let time): "quiet \(time.written)"
        case .backsOff(let pattern, let first, let timeout, let times):
            "backs off \(pattern.symbol.quoted) after \(first.asName) timeout \(timeout.written) times \(times)"
        case .forge(let forged, let name): "forge \(forged.written) as \(name.asName)"
        case .imitate(let imitation, _): "\(imitation.socket.asName) forges \(imitation.written)"
        case .repeats(let segment, let changes, let name):
            (["repeat", segment.asName] + changes.words + ["as", name.asName]).joined(separator: " ")
        case .here(let name): "here as \(name.asName)"
        case .complains(let reason, let name, let router):
            "unreachable \(reason.written) about \(name.asName)" + (router.map { " from \($0)" } ?? "")
        case .tolerates(let patterns): (["tolerates"] + patterns.map(\.symbol.quoted)).joined(separator: " ")
        }
    }
}

extension RuleKind {
    fileprivate var written: String {
        switch self {
        case .hold: "hold"
        case .drop: "drop"
        case .allow: "allow"
        case .duplicate: "duplicate"
        case .delay(let time): "delay \(time.written)"
        }
    }
}

extension Since {
    fileprivate var words: [String] {
        switch self {
        case .stepBegan: []
        case .chapterBegan: ["since the chapter"]
        case .attemptBegan: ["since the attempt"]
        case .place(let name): ["since", name.asName]
        }
    }

    fileprivate var wordsUnlessChapter: [String] {
        switch self {
        case .stepBegan: ["since the step"]
        case .chapterBegan: []
        case .attemptBegan: ["since the attempt"]
        case .place(let name): ["since", name.asName]
        }
    }
}

extension Imitation {
    var written: String {
        flags.symbol + (sequence == 0 ? "" : " seq \(sequence)")
            + (acknowledgement == 0 ? "" : " ack \(acknowledgement)") + (echo.map { " echo \($0)" } ?? "")
            + (payload.isEmpty ? "" : " \(payload.quoted)")
    }
}

extension Changes {
    fileprivate var words: [String] {
        var words: [String] = []
        if let flags { words.append("flags \(flags.symbol)") }
        if let sequence { words.append("seq \(sequence.written)") }
        if let timestamp {
            let plus = timestamp.plus == 0 ? "" : " plus \(timestamp.plus)"
            words.append("timestamp of \(timestamp.segment.asName)\(plus)")
        }
        if let payload { words.append(payload.quoted) }
        return words
    }
}

extension Forged {
    fileprivate var written: String {
        "\(flags.symbol) from \(source.written) to \(destination.written) seq \(sequence.written)"
            + (acknowledgement.map { " ack \($0.written)" } ?? "") + (mss.map { " mss \($0)" } ?? "")
            + (payload.isEmpty ? "" : " \(payload.quoted)")
    }
}
