package import Acts
internal import Record

extension TextSequence {
    /// The sequence as a scenario like any other.
    ///
    /// - Parameter file: the name of the file that it was read from, for places such as `half-close.tcp:12`.
    package func scenario(file: String) -> Scenario {
        let sequence = self
        let steps = parts.compactMap(\.heading)
        return Scenario(
            id, claim: claim, cites: citations, link: setting.link,
            ipv6: setting.isOverIPv6, alone: setting.isAlone, restsOnPaths: setting.restsOnPaths,
            steps: { _ in steps },
            sysctls: { sequence.setting.allSysctls(in: $0) },
            longestTimer: { sequence.setting.secondsOfLongestTimer(in: $0) }, location: "\(file):1"
        ) {
            SequenceText.$file.withValue(file) { sequence.perform() }
        }
    }

    private func perform() {
        guard let executor = Attempting.executor else { return }
        var latest: Int?
        func perform(_ line: Line) {
            let location = SourceLocation(SequenceText.marker, line.number)
            // A line may stand for several acts.
            if setting.pace > .zero, let latest, latest != line.number {
                executor.perform(.attempt(.passTime(setting.pace)), at: location)
            }
            latest = line.number
            executor.perform(line.act, at: location)
        }
        for part in parts {
            switch part {
            case .act(let line): perform(line)
            case .step(let words, let lines): executor.step(words) { lines.forEach(perform) }
            }
        }
    }
}

extension TextSequence.Part {
    /// What it adds to the list of steps.
    fileprivate var heading: String? {
        switch self {
        case .step(let words, _): words
        case .act(let line):
            if case .attempt(.chapter(let words)) = line.act { "\(words):" } else { nil }
        }
    }
}

extension TextSequence.Setting {
    fileprivate func allSysctls(in lane: Lane) -> [String: String] {
        lane == .scaled ? sysctls.merging(scaledSysctls) { $1 } : sysctls
    }

    fileprivate func secondsOfLongestTimer(in lane: Lane) -> Double {
        let timer = lane == .scaled ? scaledLongestTimer ?? longestTimer : longestTimer
        let (seconds, attoseconds) = timer.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
