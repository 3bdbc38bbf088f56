//! SciPy: sparse matrices, distributions, interpolators, trees, rotations and results. From the
//! classes that SciPy 1.17 defines, and those that earlier releases pickled.

use super::Classes;

pub(super) const CLASSES: &[Classes] = &[
    Classes {
        packages: "scipy.sparse",
        names: "\
            ArpackError ArpackNoConvergence IdentityOperator IndexMixin IterInv IterOpInv \
            LaplacianNd LazyOperatorNormInfo LinearOperator LuInv MatrixLinearOperator \
            MatrixPowerOperator MaximumFlowResult MikotaK MikotaM MikotaPair NegativeCycleError \
            ProductOperator Sakurai SpLuInv _AProd _AdjointLinearOperator _AdjointMatrixOperator \
            _ArpackParams _CustomLinearOperator _ExpmPadeHelper _PowerLinearOperator \
            _ProductLinearOperator _ScaledLinearOperator _SumLinearOperator \
            _SymmetricArpackParams _TransposedLinearOperator _UnsymmetricArpackParams \
            _YenCandidatePaths _bsr_base _coo_base _cs_matrix _csc_base _csr_base _data_matrix \
            _dia_base _dok_base _lil_base _minmax_mixin _spbase bsr_array bsr_matrix coo_array \
            coo_matrix csc_array csc_matrix csr_array csr_matrix dia_array dia_matrix dok_array \
            dok_matrix lil_array lil_matrix sparray spmatrix",
    },
    Classes {
        packages: "scipy.stats",
        names: "\
            AlexanderGovernResult AndersonResult Anderson_ksampResult AnsariResult \
            BarnardExactResult BartlettResult BinnedStatistic2dResult BinnedStatisticResult \
            BinnedStatisticddResult Binomial BootstrapMethod BootstrapResult \
            BootstrapSobolResult BoschlooExactResult BrunnerMunzelResult CensoredData \
            Chi2ContingencyResult ConfidenceInterval ContinuousDistribution CovViaCholesky \
            CovViaDiagonal CovViaEigendecomposition CovViaPSD CovViaPrecision Covariance \
            CramerVonMisesResult CrosstabResult CumfreqResult CustomDistPINV DescribeResult \
            DirectionalStats DiscreteAliasUrn DiscreteDistribution DiscreteGuideTable \
            DunnettResult ECDFResult EmpiricalDistributionFunction Epps_Singleton_2sampResult \
            F_onewayResult FastGeneratorInversion FitDataError FitError FitResult FitSolverError \
            FitUniformFixedScaleDataError FlignerResult FoldedDistribution \
            FriedmanchisquareResult GoodnessOfFitResult Halton HistogramResult KruskalResult \
            KstestResult KurtosistestResult LatinHypercube LeveneResult LinregressResult \
            LogRankResult Logistic MGCResult MannwhitneyuResult Mean Method Mixture ModeResult \
            MonotonicTransformedDistribution MonteCarloMethod MultinomialQMC \
            MultivariateNormalQMC Nolan Normal NormaltestResult NumericalInverseHermite \
            NumericalInversePolynomial OddsRatioResult OrderStatisticDistribution PearsonRResult \
            PearsonRResultBase PermutationMethod PointbiserialrResult PoissonDisk PowerResult \
            Power_divergenceResult RanksumsResult RatioUniforms RelativeRiskResult RelfreqResult \
            ResamplingMethod SenSeasonalSlopesResult ShapiroResult ShiftedScaledDistribution \
            SiegelslopesResult SigmaclipResult SignificanceResult SimpleRatioUniforms \
            SkewtestResult Sobol SobolResult SomersDResult StandardNormal Std_dev \
            TheilslopesResult TransformedDensityRejection TransformedDistribution \
            TruncatedDistribution TtestResult TtestResultBase Ttest_1sampResult Ttest_indResult \
            Ttest_relResult TukeyHSDResult UNURANError Uniform UnivariateDistribution Variance \
            WilcoxonDistribution WilcoxonResult _ABW _BigFloat _Domain _Gamma _IntegerInterval \
            _Interval _LogUniform _MWU _PSD _PageL _ParallelP _Parameter _Parameterization \
            _ProbabilityDistribution _PyFishersNCHypergeometric _PyStochasticLib3 \
            _PyWalleniusNCHypergeometric _RealInterval _RealParameter _ShapeInfo _SimpleBeta \
            _SimpleChi2 _SimpleF _SimpleNormal _SimpleStudentT _URNG _nchypergeom_gen alpha_gen \
            anglit_gen arcsine_gen argus_gen bernoulli_gen beta_gen betabinom_gen betanbinom_gen \
            betaprime_gen binom_gen boltzmann_gen bradford_gen burr12_gen burr_gen cauchy_gen \
            chi2_gen chi_gen cosine_gen crystalball_gen dgamma_gen dirichlet_frozen \
            dirichlet_gen dirichlet_multinomial_frozen dirichlet_multinomial_gen dlaplace_gen \
            dpareto_lognorm_gen dweibull_gen erlang_gen expon_gen exponnorm_gen exponpow_gen \
            exponweib_gen f_gen fatiguelife_gen fisk_gen foldcauchy_gen foldnorm_gen gamma_gen \
            gausshyper_gen gaussian_kde genexpon_gen genextreme_gen gengamma_gen \
            genhalflogistic_gen genhyperbolic_gen geninvgauss_gen genlogistic_gen gennorm_gen \
            genpareto_gen geom_gen gibrat_gen gompertz_gen gumbel_l_gen gumbel_r_gen \
            halfcauchy_gen halfgennorm_gen halflogistic_gen halfnorm_gen hypergeom_gen \
            hypsecant_gen invgamma_gen invgauss_gen invweibull_gen invwishart_frozen \
            invwishart_gen irwinhall_gen jf_skew_t_gen johnsonsb_gen johnsonsu_gen kappa3_gen \
            kappa4_gen ksone_gen kstwo_gen kstwobign_gen landau_gen laplace_asymmetric_gen \
            laplace_gen levy_gen levy_l_gen levy_stable_frozen levy_stable_gen loggamma_gen \
            logistic_gen loglaplace_gen lognorm_gen logser_gen lomax_gen matrix_normal_frozen \
            matrix_normal_gen matrix_t_frozen matrix_t_gen maxwell_gen mielke_gen moyal_gen \
            multi_rv_frozen multi_rv_generic multinomial_frozen multinomial_gen \
            multivariate_hypergeom_frozen multivariate_hypergeom_gen multivariate_normal_frozen \
            multivariate_normal_gen multivariate_t_frozen multivariate_t_gen nakagami_gen \
            nbinom_gen ncf_gen nchypergeom_fisher_gen nchypergeom_wallenius_gen nct_gen ncx2_gen \
            nhypergeom_gen norm_gen normal_inverse_gamma_frozen normal_inverse_gamma_gen \
            norminvgauss_gen ortho_group_frozen ortho_group_gen pareto_gen pearson3_gen \
            planck_gen poisson_binom_gen poisson_binomial_frozen poisson_gen powerlaw_gen \
            powerlognorm_gen powernorm_gen randint_gen random_correlation_frozen \
            random_correlation_gen random_table_frozen random_table_gen rayleigh_gen rdist_gen \
            recipinvgauss_gen reciprocal_gen rel_breitwigner_gen rice_gen rv_continuous \
            rv_continuous_frozen rv_discrete rv_discrete_frozen rv_frozen rv_generic \
            rv_histogram rv_sample semicircular_gen skellam_gen skewcauchy_gen skewnorm_gen \
            special_ortho_group_frozen special_ortho_group_gen studentized_range_gen t_gen \
            trapezoid_gen triang_gen truncexpon_gen truncnorm_gen truncpareto_gen \
            truncweibull_min_gen tukeylambda_gen uniform_direction_frozen uniform_direction_gen \
            uniform_gen unitary_group_frozen unitary_group_gen vonmises_fisher_frozen \
            vonmises_fisher_gen vonmises_gen wald_gen weibull_max_gen weibull_min_gen \
            wishart_frozen wishart_gen wrapcauchy_gen yulesimon_gen zipf_gen zipfian_gen",
    },
    Classes {
        packages: "scipy.spatial",
        names: "\
            CDistMetricWrapper ConvexHull Delaunay HalfspaceIntersection KDTree MetricInfo \
            PDistMetricWrapper QhullError Rectangle RigidTransform Rotation RotationSpline Slerp \
            SphericalVoronoi Voronoi _Qhull _QhullUser cKDTree cKDTreeNode coo_entries \
            ordered_pairs",
    },
    Classes {
        packages: "scipy.interpolate",
        names: "\
            AAA Akima1DInterpolator BPoly BSpline BarycentricInterpolator BivariateSpline Bunch \
            CloughTocher2DInterpolator CubicHermiteSpline CubicSpline F \
            FloaterHormannInterpolator Fperiodic InterpolatedUnivariateSpline KroghInterpolator \
            LSQBivariateSpline LSQSphereBivariateSpline LSQUnivariateSpline LinearNDInterpolator \
            NDInterpolatorBase NdBSpline NdPPoly NearestNDInterpolator PPoly PchipInterpolator \
            RBFInterpolator Rbf RectBivariateSpline RectSphereBivariateSpline \
            RegularGridInterpolator SmoothBivariateSpline SmoothSphereBivariateSpline \
            SphereBivariateSpline UnivariateSpline _BarycentricRational _BivariateSplineBase \
            _DerivedBivariateSpline _Interpolator1D _Interpolator1DWithDerivatives _PPolyBase \
            interp1d interp2d",
    },
    Classes {
        packages: "scipy.optimize",
        names: "\
            Bounds LinearConstraint NonlinearConstraint OptimizeResult RootResults",
    },
    Classes {
        packages: "scipy.signal",
        names: "\
            BadCoefficients Bunch CZT LinearTimeInvariant ShortTimeFFT StateSpace \
            StateSpaceContinuous StateSpaceDiscrete TransferFunction TransferFunctionContinuous \
            TransferFunctionDiscrete ZerosPolesGain ZerosPolesGainContinuous \
            ZerosPolesGainDiscrete ZoomFFT _UpFIRDn dlti lti",
    },
    Classes {
        packages: "scipy.cluster",
        names: "\
            ClusterNode",
    },
    Classes {
        packages: "scipy._lib",
        names: "\
            Bunch OptimizeResult _RichResult",
    },
];
