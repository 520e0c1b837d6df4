internal import Packets

// What the options of each segment show by themselves.
extension Invariant {
    static let options = [
        Invariant(
            "options.whole", "Options have the lengths of their kinds and fill the header to its end.",
            source: "RFC 9293 MUST-68"
        ) { exchange in
            exchange.eachSent { frame in OptionList(frame.optionBytes).fault.map { Finding($0) } }
        },
        Invariant(
            "options.padding", "Behind the end of the option list there are only zeros.", source: "RFC 9293 MUST-69"
        ) { exchange in
            exchange.eachSent { frame in
                OptionList(frame.optionBytes).padding.allSatisfy { $0 == 0 } ? nil : "its padding is not zero"
            }
        },
        Invariant(
            "options.syn-only", "Maximum segment size, window scale and SACK-permitted come with a SYN alone.",
            source: "RFC 9293 MUST-65, RFC 7323 2.2, RFC 2018 2"
        ) { exchange in
            exchange.eachSent { frame in
                guard !frame.segment.flags.contains(.SYN) else { return nil }
                let wrong = frame.segment.options.first { option in
                    switch option {
                    case .mss, .windowScale, .sackPermitted: true
                    default: false
                    }
                }
                return wrong.map { "it has \($0)" }
            }
        },
        Invariant(
            "options.once", "No option comes twice in a segment.", source: "RFC 9293 3.2"
        ) { exchange in
            exchange.eachSent { frame in
                let kinds = OptionList(frame.optionBytes).kinds
                return Set(kinds).count == kinds.count ? nil : "an option comes twice"
            }
        },
        Invariant(
            "options.scale", "A window scale is at most 14.", source: "RFC 7323 2.3"
        ) { exchange in
            exchange.eachSent { frame in
                for case .windowScale(let shift) in frame.segment.options where shift > 14 {
                    return "its window scale is \(shift)"
                }
                return nil
            }
        },
    ]
}

/// The option bytes of a header, taken apart without trust.
struct OptionList {
    private(set) var kinds: [UInt8] = []
    /// What follows an end-of-list.
    private(set) var padding: ArraySlice<UInt8> = []
    /// What is wrong with their form; nil for nothing.
    private(set) var fault: String?

    init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let kind = rest.first {
            if kind == 0 {
                padding = rest.dropFirst()
                return
            }
            if kind == 1 {
                rest = rest.dropFirst()
                continue
            }
            guard let length = rest.dropFirst().first, length >= 2, Int(length) <= rest.count else {
                fault = "option \(kind) does not fit into the header"
                return
            }
            let lengths: [UInt8: Set<UInt8>] = [2: [4], 3: [3], 4: [2], 5: [10, 18, 26, 34], 8: [10]]
            if let right = lengths[kind], !right.contains(length) {
                fault = "option \(kind) has length \(length)"
                return
            }
            kinds.append(kind)
            rest = rest.dropFirst(Int(length))
        }
    }
}
