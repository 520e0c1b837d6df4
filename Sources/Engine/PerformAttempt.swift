internal import Acts
internal import Lab
internal import Linux

// What concerns the attempt as a whole.
extension Performer {
    func perform(_ act: AttemptAct, _ lab: Lab, _ at: SourceLocation) throws {
        switch act {
        case .chapter(let words): try lab.chapter(words)
        case .overIPv6(let on): lab.prefersIPv6 = on
        case .closeListeners: try lab.closeListeners()
        case .passTime(let duration): try lab.pass(duration)
        case .keepBusy(let duration): try lab.keepProcessorBusy(for: duration)
        case .note(let text): lab.note(text)
        case .void(let reason): lab.voidChapter(reason)
        case .variant(let name): lab.sawVariant(name)
        case .measure(let name, let value, let unit, let tolerance):
            lab.measure(name, value, unit, tolerance: tolerance)
        case .setMachine(let sysctl, let value): try lab.set(machineWide: sysctl, to: value)
        case .restoreMachine: lab.restoreMachine()
        case .retransmissionsAgree: try lab.expectRetransmissionsAgree(file: at.file, line: at.line)
        case .lasts(let words, let from, let to, let bounds):
            let (began, ended) = (try moment(from), try moment(to))
            lab.expect(
                words, lasted: ended.lowerBound - began.lowerBound, within: bounds, file: at.file, line: at.line)
        case .momentBegins(let name):
            let now = Instant.now
            moments[name] = now...now
        case .momentEnds(let name):
            let began = try moment(name).lowerBound
            try lab.synchronize()
            moments[name] = began...(.now)
        case .vanish(let ends, let nominal):
            try lab.expectVanish(
                try ends.map { (try socket($0.socket), try moment($0.since).lowerBound) }, after: nominal,
                file: at.file, line: at.line)
        }
    }
}
