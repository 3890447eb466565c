#pragma once

#include "storage/archive.h"

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace callarchive {

// The state of the archive and the system at this moment: the writer, the readers, the files, the process. Values that
// cannot be determined are left out.
std::vector<prometheus::MetricFamily> collect_archive_metrics(Archive& archive, const std::string& path, Millis now);

// A family with one value and no labels.
prometheus::MetricFamily gauge(const std::string& name, const std::string& help, double value);

}  // namespace callarchive
