//! pandas: frames, series, indexes, arrays, types, offsets and blocks. From the classes that pandas
//! 3.1 defines, and those that earlier releases pickled.

use super::Classes;

pub(super) const CLASSES: &[Classes] = &[
    Classes {
        packages: "pandas",
        names: "\
            AbstractHolidayCalendar ArrayManager ArrowDtype ArrowExtensionArray ArrowStringArray \
            ArrowStringArrayMixin ArrowTemporalProperties BaseBlockManager BaseGroupBy \
            BaseGrouper BaseIndexer BaseMaskedArray BaseMaskedDtype BaseStringArray \
            BaseStringArrayMethods BaseWindow BaseWindowGroupBy BinGrouper Block BlockManager \
            BlockPairInfo BoolBlock BooleanArray BooleanDtype Categorical CategoricalBlock \
            CategoricalDtype CategoricalDtypeType CategoricalIndex \
            CombinedDatetimelikeProperties DataFrame DataFrameDescriber DataFrameGroupBy \
            DataSplitter DateOffset DatelikeOps DatetimeArray DatetimeBlock DatetimeIndex \
            DatetimeIndexOpsMixin DatetimeIndexResampler DatetimeIndexResamplerGroupBy \
            DatetimeLikeArrayMixin DatetimeLikeBlock DatetimeProperties DatetimeTZDtype \
            DatetimeTimedeltaMixin EABackedBlock EWMMeanState Expanding ExpandingGroupBy \
            ExpandingIndexer ExponentialMovingWindow ExponentialMovingWindowGroupBy \
            ExponentialMovingWindowIndexer Expression ExtensionArray ExtensionArrayNaResult \
            ExtensionBlock ExtensionDtype ExtensionIndex ExtensionOpsMixin \
            ExtensionScalarOpsMixin FixedForwardWindowIndexer FixedWindowIndexer Flags \
            Float32Dtype Float64Dtype Float64Index FloatBlock FloatingArray FloatingDtype \
            FrameSplitter FrozenList FrozenNDArray FulldatetimeDict GroupBy GroupByIndexer \
            GroupByIndexingMixin GroupByNthSelector GroupByPositionalSelector Grouper Grouping \
            Holiday HolidayCalendarMetaClass Index IndexOpsMixin IndexingMixin Int16Dtype \
            Int32Dtype Int64Dtype Int64Index Int8Dtype IntBlock IntegerArray IntegerDtype \
            Interval IntervalArray IntervalDtype IntervalIndex JoinUnit MultiIndex NAType \
            NDArrayBackedExtensionArray NDArrayBackedExtensionBlock NDArrayBackedExtensionIndex \
            NDFrame NDFrameDescriberAbstract NaTType NamedAgg NoNewAttributesMixin NumericArray \
            NumericDtype NumericIndex NumpyBlock NumpyEADtype NumpyExtensionArray ObjectBlock \
            ObjectStringArrayMixin OnlineExponentialMovingWindow OpsMixin OutputKey PandasArray \
            PandasDelegate PandasDtype PandasExtensionDtype PandasObject Panel Period \
            PeriodArray PeriodDtype PeriodIndex PeriodIndexResampler PeriodIndexResamplerGroupBy \
            PeriodProperties Properties RangeIndex Resampler Rolling RollingAndExpandingMixin \
            RollingGroupBy SelectN SelectNFrame SelectNSeries SelectionMixin SequenceNotStr \
            Series SeriesDescriber SeriesGroupBy SeriesSplitter SingleArrayManager \
            SingleBlockManager SingleDataManager SparseArray SparseDataFrame SparseDtype \
            SparseSeries StorageExtensionDtype StringArray StringDtype StringMethods \
            TimeDeltaBlock TimeGrouper TimeSeries Timedelta TimedeltaArray TimedeltaIndex \
            TimedeltaIndexResampler TimedeltaIndexResamplerGroupBy TimedeltaProperties \
            TimelikeOps Timestamp UInt16Dtype UInt32Dtype UInt64Dtype UInt64Index UInt8Dtype \
            USFederalHolidayCalendar VariableOffsetWindowIndexer VariableWindowIndexer Window \
            YearMonthDayDict _AsOfMerge _AtIndexer _BaseDtype _CrossMergeOperation \
            _DatetimeTZBlock _DuplicateColumnRecorder _FrequencyInferer _GroupByMixin \
            _IndexSlice _LocIndexer _LocationIndexer _MergeOperation _OrderedMerge \
            _ScalarAccessIndexer _TimedeltaFrequencyInferer _Unstacker _iAtIndexer _iLocIndexer",
    },
    Classes {
        packages: "pandas._libs",
        names: "\
            ABCTimestamp ArrowDtype BHalfYearBegin BHalfYearEnd BQuarterBegin BQuarterEnd \
            BYearBegin BYearEnd BaseOffset Block BlockIndex BlockManager BlockPlacement \
            BlockValuesRefs BooleanDtype BusinessDay BusinessHour BusinessMixin \
            BusinessMonthBegin BusinessMonthEnd C_NAType Categorical CategoricalDtype \
            CategoricalIndex Complex128Factorizer Complex128HashTable Complex128Vector \
            Complex64Factorizer Complex64HashTable Complex64Vector CustomBusinessDay \
            CustomBusinessHour CustomBusinessMonthBegin CustomBusinessMonthEnd DataFrame \
            DateOffset DateParseError DatetimeIndex DatetimeParseState DatetimeTZDtype Day \
            Easter FY5253 FY5253Mixin FY5253Quarter Factorizer Flags Float32Dtype \
            Float32Factorizer Float32HashTable Float32Vector Float64Dtype Float64Factorizer \
            Float64HashTable Float64Vector FreqGroup Grouper HalfYearBegin HalfYearEnd \
            HalfYearOffset HashTable Hour Index Infinity Int16Dtype Int16Factorizer \
            Int16HashTable Int16Vector Int32Dtype Int32Factorizer Int32HashTable Int32Vector \
            Int64Dtype Int64Factorizer Int64HashTable Int64Vector Int8Dtype Int8Factorizer \
            Int8HashTable Int8Vector IntIndex Interval IntervalDtype IntervalIndex IntervalMixin \
            IntervalTree LastWeekOfMonth Localizer Micro Milli MinMaxReso Minute MonthBegin \
            MonthEnd MonthOffset MultiIndex NDArrayBacked NDFrameIndexerBase NaTType NamedAgg \
            Nano NegInfinity NpyDatetimeUnit ObjectFactorizer ObjectVector OffsetMeta Period \
            PeriodDtype PeriodDtypeBase PeriodIndex PeriodMixin PyObjectHashTable QuarterBegin \
            QuarterEnd QuarterOffset RangeIndex RelativeDeltaOffset ResoState Resolution RoundTo \
            Second SemiMonthBegin SemiMonthEnd SemiMonthOffset Series SingleConstructorOffset \
            SparseDtype SparseIndex StringDtype StringHashTable StringVector Tick TimeRE \
            Timedelta TimedeltaIndex Timestamp UInt16Dtype UInt16Factorizer UInt16HashTable \
            UInt16Vector UInt32Dtype UInt32Factorizer UInt32HashTable UInt32Vector UInt64Dtype \
            UInt64Factorizer UInt64HashTable UInt64Vector UInt8Dtype UInt8Factorizer \
            UInt8HashTable UInt8Vector Vector Week WeekOfMonth WeekOfMonthMixin YearBegin \
            YearEnd YearOffset _CustomBusinessMonth _CustomBusinessMonthBegin \
            _CustomBusinessMonthEnd _NaT _Period _TSObject _Timedelta _Timestamp _YearEnd \
            _timelex",
    },
    Classes {
        packages: "pandas.tseries",
        names: "\
            AbstractHolidayCalendar BHalfYearBegin BHalfYearEnd BQuarterBegin BQuarterEnd \
            BYearBegin BYearEnd BaseOffset BusinessDay BusinessHour BusinessMixin \
            BusinessMonthBegin BusinessMonthEnd CustomBusinessDay CustomBusinessHour \
            CustomBusinessMonthBegin CustomBusinessMonthEnd DateOffset Day Easter FY5253 \
            FY5253Mixin FY5253Quarter HalfYearBegin HalfYearEnd HalfYearOffset Holiday \
            HolidayCalendarMetaClass Hour LastWeekOfMonth Micro Milli Minute MonthBegin MonthEnd \
            MonthOffset Nano OffsetMeta QuarterBegin QuarterEnd QuarterOffset \
            RelativeDeltaOffset Second SemiMonthBegin SemiMonthEnd SemiMonthOffset \
            SingleConstructorOffset Tick USFederalHolidayCalendar Week WeekOfMonth \
            WeekOfMonthMixin YearBegin YearEnd YearOffset _CustomBusinessMonth \
            _CustomBusinessMonthBegin _CustomBusinessMonthEnd _FrequencyInferer \
            _TimedeltaFrequencyInferer _YearEnd",
    },
    Classes {
        packages: "pandas.indexes",
        names: "\
            CategoricalIndex Float64Index FrozenList FrozenNDArray Index Int64Index MultiIndex \
            RangeIndex",
    },
];
