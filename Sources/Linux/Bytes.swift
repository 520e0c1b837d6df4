internal import Glibc

extension [UInt8] {
    /// The place behind the first occurrence of a text; nil where there is none. The C library looks through tens of
    /// megabytes at once.
    package func end(of text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        return withUnsafeBytes { all in
            var place = start
            while place + wanted.count <= all.count,
                let found = memchr(all.baseAddress! + place, Int32(wanted[0]), all.count - place - wanted.count + 1)
            {
                place = UnsafeRawPointer(found) - all.baseAddress!
                if memcmp(found, wanted, wanted.count) == 0 { return place + wanted.count }
                place += 1
            }
            return nil
        }
    }
}
