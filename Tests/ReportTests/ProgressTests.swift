import Record
import Report
import Testing

@Suite struct ProgressTests {
    private let slow = Attempt(scenario: "timewait.sixty-seconds", number: 1)
    private let quick = Attempt(scenario: "close.quick", number: 1)

    private func plan(_ id: String, _ seconds: Double) -> Event {
        var scenario = Sample.scenario(id)
        scenario.nominalSeconds = seconds
        return .plan(scenario)
    }

    private func progress(place: String) -> Progress {
        var header = Sample.header
        header.place = place
        var progress = Progress()
        let begin = [.run(header), plan(slow.scenario, 60), plan(quick.scenario, 0), plan("close.later", 0)]
        for event in begin + [Sample.started(slow), Sample.started(quick)] { progress.add(event, now: 0) }
        progress.add(Sample.finished(quick, .failed), now: 1_000_000_000)
        return progress
    }

    @Test func knowsFromTheTimersHowLongItTakes() {
        let progress = progress(place: "host")
        #expect(
            progress.words(now: 19_000_000_000)
                == "1 of 3 scenarios done, 1 running, 1 not passed, about 0:41 left (timewait.sixty-seconds)")
        #expect(progress.words(now: 60_500_000_000) == "1 of 3 scenarios done, 1 running, 1 not passed")
        #expect(progress.short == "1/3, 1 not passed")
    }

    @Test func tellsBothClocksOfAGuest() {
        var progress = progress(place: "guest, TCG, virtual time")
        progress.add(Sample.finished(slow, .passed, duration: 7_928_000_000_000), now: 9_000_000_000)
        #expect(
            progress.words(now: 12_000_000_000)
                == "2 of 3 scenarios done, 1 not passed, virtual time 2:12:08, real time 0:12")
    }
}
