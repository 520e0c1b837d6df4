package import Acts
package import Record

/// A scenario that is written as text: what a `.tcp` file says.
package struct TextSequence: Sendable {
    /// Its id in reports, baselines and comparisons.
    package var id: String
    /// What is asserted, in one or two sentences.
    package var claim: String
    package var citations: [Citation] = []
    package var setting = Setting()
    package var parts: [Part] = []

    package init(id: String, claim: String) {
        self.id = id
        self.claim = claim
    }

    /// What it starts from.
    package struct Setting: Sendable {
        package var link = Link.relay
        package var isAlone = false
        package var isOverIPv6 = false
        package var restsOnPaths = false
        /// How long passes before each line, so that what the one before has caused is over.
        package var pace = Duration.zero
        /// Changes to what both hosts start from, in either mode of timers.
        package var sysctls: [String: String] = [:]
        /// Changes where timers are shortened.
        package var scaledSysctls: [String: String] = [:]
        /// The longest kernel timer that it waits for.
        package var longestTimer = Duration.zero
        package var scaledLongestTimer: Duration?

        package init() {}
    }

    /// An act outside of a step, or a step.
    package enum Part: Sendable {
        case act(Line)
        case step(String, [Line])
    }

    /// Puts acts into steps, in the order in which they come.
    struct Assembly {
        private(set) var parts: [Part] = []
        private var step: (words: String, lines: [Line])?

        mutating func beginStep(_ words: String) {
            endStep()
            step = (words, [])
        }

        mutating func endStep() {
            if let step { parts.append(.step(step.words, step.lines)) }
            step = nil
        }

        mutating func add(_ line: Line) {
            // A chapter is a heading of its own, and so lies between steps.
            if case .attempt(.chapter) = line.act { endStep() }
            if step == nil { parts.append(.act(line)) } else { step?.lines.append(line) }
        }
    }

    /// One act and where it stands.
    package struct Line: Sendable {
        package var act: Act
        package var number: Int

        package init(_ act: Act, _ number: Int) {
            self.act = act
            self.number = number
        }
    }
}

/// What is wrong in a sequence, and where: `half-close.tcp:12:8: "shuts" is nothing a socket does`.
package struct SequenceError: Error, CustomStringConvertible {
    package var file: String
    package var line: Int
    /// Counts characters from 1.
    package var column: Int
    package var problem: String

    package var description: String { "\(file):\(line):\(column): \(problem)" }
}
